using Docker.DotNet.Models;
using DotNet.Testcontainers.Containers;

namespace DotNet.Testcontainers.Volumes;

/// <summary>A volume behind <see cref="IVolume"/>.</summary>
internal sealed class DockerVolume(string name, VolumesCreateParameters parameters) : IVolume
{
    /// <inheritdoc />
    public string Name => name;

    /// <inheritdoc />
    public Task CreateAsync(CancellationToken ct = default) =>
        Engine.AskAsync(HttpMethod.Post, "volumes/create", parameters, ct);

    /// <inheritdoc />
    public async ValueTask DisposeAsync() =>
        await Engine.AskAsync(HttpMethod.Delete, $"volumes/{name}?force=true", null, CancellationToken.None);
}
