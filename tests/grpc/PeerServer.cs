using System.Diagnostics;

namespace ClusterRas.Grpc.Tests;

/// <summary>A server script and its two ports; killed by its id at the end.</summary>
public abstract class PeerServer(Peer peer) : IAsyncLifetime
{
    private Process? process;

    public Uri? Echo { get; private set; }

    public Uri? Raw { get; private set; }

    /// <summary>Null: it runs.</summary>
    public string? WhyNot { get; } = peer.WhyNot();

    public async ValueTask InitializeAsync()
    {
        if (WhyNot is not null)
        {
            return;
        }

        process = peer.Start("server");
        var errors = process.StandardError.ReadToEndAsync();
        var line = await process.StandardOutput.ReadLineAsync().WaitAsync(Limits.CaseWithin);
        if (line?.Split(' ') is not ["PORTS", var echo, var raw])
        {
            process.Kill();
            throw new InvalidOperationException($"The server script said \"{line}\". {await errors}");
        }

        Echo = new Uri($"http://127.0.0.1:{echo}");
        Raw = new Uri($"http://127.0.0.1:{raw}");
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        GC.SuppressFinalize(this);
    }
}

public sealed class PythonServer() : PeerServer(Peer.Python);

public sealed class NodeServer() : PeerServer(Peer.Node);
