using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;

namespace ClusterRas.Grpc.Tests;

/// <summary>A client script that runs all cases against our server, once, and says how each went.</summary>
public abstract class PeerClient(Peer peer) : IAsyncLifetime
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string?>> results = new();
    private OurServer? server;
    private Process? process;
    private Task reading = Task.CompletedTask;

    /// <summary>Null: it runs.</summary>
    public string? WhyNot { get; } = peer.WhyNot();

    public async ValueTask InitializeAsync()
    {
        if (WhyNot is not null)
        {
            return;
        }

        server = await OurServer.EchoAsync();
        process = peer.Start("client", $"{server.Address.Port}");
        reading = ReadAsync(process);
    }

    /// <summary>Null: the case went well. Otherwise what went wrong.</summary>
    public async Task<string?> ResultOfAsync(string name)
    {
        var result = Of(name).Task;
        await Task.WhenAny(result, reading);
        return result.IsCompleted ? await result : $"The client script ended without a word on \"{name}\".";
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        if (server is not null)
        {
            await server.DisposeAsync();
        }

        GC.SuppressFinalize(this);
    }

    private async Task ReadAsync(Process script)
    {
        var errors = script.StandardError.ReadToEndAsync();
        while (await script.StandardOutput.ReadLineAsync() is { } line)
        {
            using var result = JsonDocument.Parse(line);
            Of(result.RootElement.GetProperty("case").GetString()!)
                .TrySetResult(result.RootElement.GetProperty("error").GetString());
        }

        Console.Error.Write(await errors);
    }

    private TaskCompletionSource<string?> Of(string name) =>
        results.GetOrAdd(name, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}

public sealed class PythonClient() : PeerClient(Peer.Python);

public sealed class NodeClient() : PeerClient(Peer.Node);
