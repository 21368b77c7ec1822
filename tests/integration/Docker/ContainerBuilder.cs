using Docker.DotNet.Models;
using DotNet.Testcontainers.Containers;
using DotNet.Testcontainers.Networks;
using DotNet.Testcontainers.Volumes;

namespace DotNet.Testcontainers.Builders;

/// <summary>Says what a container is to be.</summary>
public sealed class ContainerBuilder(string image)
{
    private readonly CreateContainerParameters parameters = new() { Image = image };
    private string name = $"c{Guid.NewGuid():N}";

    public ContainerBuilder WithName(string name)
    {
        this.name = name;
        return this;
    }

    public ContainerBuilder WithHostname(string hostname)
    {
        parameters.Hostname = hostname;
        return this;
    }

    public ContainerBuilder WithNetwork(INetwork network)
    {
        parameters.NetworkingConfig.EndpointsConfig[network.Name] = new EndpointSettings();
        return this;
    }

    public ContainerBuilder WithBindMount(string source, string destination)
    {
        parameters.HostConfig.Binds.Add($"{source}:{destination}");
        return this;
    }

    public ContainerBuilder WithVolumeMount(IVolume volume, string destination) =>
        WithBindMount(volume.Name, destination);

    public ContainerBuilder WithCreateParameterModifier(Action<CreateContainerParameters> parameterModifier)
    {
        parameterModifier(parameters);
        return this;
    }

    public IContainer Build() => new DockerContainer(name, parameters);
}
