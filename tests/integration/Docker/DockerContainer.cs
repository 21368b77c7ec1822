using System.Text.Json;
using Docker.DotNet.Models;

namespace DotNet.Testcontainers.Containers;

/// <summary>A container behind <see cref="IContainer"/>.</summary>
internal sealed class DockerContainer(string name, CreateContainerParameters parameters) : IContainer
{
    private bool isMade;

    /// <inheritdoc />
    public string Name => name;

    private string Path => $"containers/{name}";

    /// <inheritdoc />
    public async Task StartAsync(CancellationToken ct = default)
    {
        if (!isMade)
        {
            // An engine before API 1.44 takes one network when a container is made, and the others before it starts.
            var endpoints = parameters.NetworkingConfig.EndpointsConfig;
            parameters.NetworkingConfig.EndpointsConfig = endpoints.Take(1).ToDictionary();
            await PostAsync($"containers/create?name={name}", parameters, ct);
            isMade = true;
            foreach (var (network, settings) in endpoints.Skip(1))
            {
                await PostAsync($"networks/{network}/connect", new { Container = name, EndpointConfig = settings }, ct);
            }
        }

        await PostAsync($"{Path}/start", null, ct);
    }

    /// <inheritdoc />
    public Task StopAsync(CancellationToken ct = default) => PostAsync($"{Path}/stop", null, ct);

    /// <inheritdoc />
    public Task PauseAsync(CancellationToken ct = default) => PostAsync($"{Path}/pause", null, ct);

    /// <inheritdoc />
    public Task UnpauseAsync(CancellationToken ct = default) => PostAsync($"{Path}/unpause", null, ct);

    /// <inheritdoc />
    public async Task<ExecResult> ExecAsync(IList<string> command, CancellationToken ct = default)
    {
        var wish = new
        {
            AttachStdout = true,
            AttachStderr = true,
            Cmd = command,
        };
        var made = await Engine.AskAsync(HttpMethod.Post, $"{Path}/exec", wish, ct);
        var exec = $"exec/{made.GetProperty("Id").GetString()}";
        var (output, error) = await Engine.ReadAsync(HttpMethod.Post, $"{exec}/start", new { Detach = false }, ct);
        var end = await Engine.AskAsync(HttpMethod.Get, $"{exec}/json", null, ct);
        return new ExecResult(output, error, end.GetProperty("ExitCode").GetInt64());
    }

    /// <inheritdoc />
    public Task<(string Stdout, string Stderr)> GetLogsAsync(
        DateTime since = default,
        DateTime until = default,
        bool timestampsEnabled = true,
        CancellationToken ct = default
    ) => Engine.ReadAsync(HttpMethod.Get, $"{Path}/logs?stdout=1&stderr=1", null, ct);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (isMade)
        {
            await Engine.AskAsync(HttpMethod.Delete, $"{Path}?force=true&v=true", null, CancellationToken.None);
            isMade = false;
        }
    }

    private static Task<JsonElement> PostAsync(string path, object? body, CancellationToken ct) =>
        Engine.AskAsync(HttpMethod.Post, path, body, ct);
}
