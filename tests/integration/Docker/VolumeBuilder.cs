using Docker.DotNet.Models;
using DotNet.Testcontainers.Volumes;

namespace DotNet.Testcontainers.Builders;

/// <summary>Says what a volume is to be.</summary>
public sealed class VolumeBuilder
{
    private readonly VolumesCreateParameters parameters = new();

    public VolumeBuilder WithName(string name)
    {
        parameters.Name = name;
        return this;
    }

    public VolumeBuilder WithCreateParameterModifier(Action<VolumesCreateParameters> parameterModifier)
    {
        parameterModifier(parameters);
        return this;
    }

    public IVolume Build() => new DockerVolume(parameters.Name ?? "", parameters);
}
