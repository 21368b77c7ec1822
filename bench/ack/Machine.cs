using System.Diagnostics;
using System.Globalization;
using ClusterRas.Beds;
using ClusterRas.Fabric;
using ClusterRas.Wire.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Status = ClusterRas.Wire.V1.Status;

namespace ClusterRas.AckBench;

/// <summary>One node: a real rasd with a disk, a kernel and a log of its own.</summary>
internal sealed class Machine : IDisposable
{
    private readonly string folder;
    private readonly GrpcChannel channel;
    private readonly Cluster.ClusterClient cluster;
    private Process? process;

    public Machine(TopologyNode node, string home)
    {
        Node = node;
        folder = Path.Combine(home, node.Name);
        Directory.CreateDirectory(folder);
        Device = new DeviceDoor(Path.Combine(folder, "sentry"));
        channel = GrpcChannel.ForAddress($"http://{node.Dies[0].Grpc}");
        cluster = new Cluster.ClusterClient(channel);
        Calls = new CallDoor(channel);
    }

    /// <summary>Its place in the map.</summary>
    public TopologyNode Node { get; }

    /// <summary>Its kernel's device.</summary>
    public DeviceDoor Device { get; }

    /// <summary>Its public service.</summary>
    public CallDoor Calls { get; }

    /// <summary>Further options of its rasd.</summary>
    public List<string> Options { get; } = [];

    /// <summary>What it says on standard error.</summary>
    public string LogPath => Path.Combine(folder, "rasd.log");

    /// <summary>Starts its rasd.</summary>
    /// <remarks>The log goes to a file without us: to read 16 pipes would take time from what is measured.</remarks>
    public void Start(Janitor janitor, string rasd, string topology)
    {
        var bootId = Path.Combine(folder, "boot_id");
        File.WriteAllText(bootId, $"{Guid.NewGuid()}\n");
        string[] arguments =
        [
            "-c",
            "log=$1; shift; exec \"$@\" >\"$log\" 2>&1 </dev/null",
            "sh",
            LogPath,
            rasd,
            "--topology",
            topology,
            "--node",
            Node.Name,
            "--data",
            Path.Combine(folder, "data"),
            "--device",
            Device.Path,
            "--events",
            "poweroff",
            "--boot-id-file",
            bootId,
            "--verbose",
            .. Options,
        ];
        process = janitor.Start(new ProcessStartInfo("/bin/sh", arguments));
    }

    /// <summary>Processor time of its rasd so far, in ms.</summary>
    public long CpuMs => process is { HasExited: false } running ? CpuTime.Of(running.Id) : 0;

    /// <summary>What it knows; null: it does not answer yet.</summary>
    public async Task<Status?> StatusAsync(CancellationToken stop)
    {
        if (process is { HasExited: true })
        {
            var last = File.Exists(LogPath) ? File.ReadLines(LogPath).LastOrDefault() : "";
            throw new BenchFailedException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"rasd of {Node.Name} has ended with {process.ExitCode}: {last}"
                )
            );
        }

        try
        {
            return await cluster.GetStatusAsync(
                new GetStatusRequest(),
                deadline: DateTime.UtcNow.AddSeconds(2),
                cancellationToken: stop
            );
        }
        catch (RpcException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        Device.Dispose();
        channel.Dispose();
    }
}
