using Docker.DotNet.Models;
using DotNet.Testcontainers.Networks;

namespace DotNet.Testcontainers.Builders;

/// <summary>Says what a network is to be.</summary>
public sealed class NetworkBuilder
{
    private readonly NetworksCreateParameters parameters = new();

    public NetworkBuilder WithName(string name)
    {
        parameters.Name = name;
        return this;
    }

    public NetworkBuilder WithCreateParameterModifier(Action<NetworksCreateParameters> parameterModifier)
    {
        parameterModifier(parameters);
        return this;
    }

    public INetwork Build() => new DockerNetwork(parameters.Name ?? "", parameters);
}
