using Docker.DotNet.Models;
using DotNet.Testcontainers.Containers;

namespace DotNet.Testcontainers.Networks;

/// <summary>A network behind <see cref="INetwork"/>.</summary>
internal sealed class DockerNetwork(string name, NetworksCreateParameters parameters) : INetwork
{
    /// <inheritdoc />
    public string Name => name;

    /// <inheritdoc />
    public Task CreateAsync(CancellationToken ct = default) =>
        Engine.AskAsync(HttpMethod.Post, "networks/create", parameters, ct);

    /// <inheritdoc />
    public async ValueTask DisposeAsync() =>
        await Engine.AskAsync(HttpMethod.Delete, $"networks/{name}", null, CancellationToken.None);
}
