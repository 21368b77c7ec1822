using System.Globalization;
using ClusterRas.Fabric;
using ClusterRas.Sentry;
using Grpc.Core;
using Grpc.Net.Client;
using Probe = Grpc.Health.V1.Health;
using Status = ClusterRas.Wire.V1.Status;

namespace ClusterRas.Daemon.Tests;

/// <summary>One machine: a kernel, a boot, a disk, and a rasd that comes and goes.</summary>
internal sealed class RealNode : IDisposable
{
    private static readonly TimeSpan CallWithin = TimeSpan.FromSeconds(5);

    private readonly string folder;
    private readonly List<string> log = [];
    private readonly GrpcChannel channel;
    private Rasd? rasd;
    private string killAt = "";

    public RealNode(string parent, string topologyPath, TopologyNode node)
    {
        TopologyPath = topologyPath;
        Node = node;
        folder = Path.Combine(parent, node.Name);
        Data = Path.Combine(folder, "data");
        Directory.CreateDirectory(folder);

        // Both layouts in one cluster, as with kernels of before and after the change.
        Kernel = new KernelDevice(
            Path.Combine(folder, "sentry"),
            Number % 2 == 0 ? DeviceRecordLayout.B : DeviceRecordLayout.A
        );
        channel = GrpcChannel.ForAddress($"http://{node.Dies[0].Grpc}");
        Operator = new Cluster.ClusterClient(channel);
        Programs = new Events.EventsClient(channel);
        Health = new Probe.HealthClient(channel);
        NewBoot();
    }

    public TopologyNode Node { get; }

    public string Name => Node.Name;

    /// <summary>7 of n7.</summary>
    public int Number => Node.Id.Value + 1;

    public KernelDevice Kernel { get; }

    /// <summary>Folder of the ledger; may be changed between two runs.</summary>
    public string Data { get; set; }

    /// <summary>The map of the next start.</summary>
    public string TopologyPath { get; set; }

    /// <summary>Kinds that are on.</summary>
    public string Kinds { get; set; } = "all";

    /// <summary>Further options of the next start.</summary>
    public List<string> Options { get; } = [];

    /// <summary>A command around the daemon of the next start.</summary>
    public IReadOnlyList<string> Around { get; set; } = [];

    /// <summary>Simulated wires of the next start, where the options name none; null: gRPC alone.</summary>
    public NativeWires? Wires { get; set; }

    public Cluster.ClusterClient Operator { get; }

    public Events.EventsClient Programs { get; }

    public Probe.HealthClient Health { get; }

    /// <summary>The process is there, frozen or not.</summary>
    public bool IsRunning => rasd is { HasEnded: false };

    public bool IsFrozen { get; private set; }

    /// <summary>It was started, not stopped by anybody, and is gone.</summary>
    public bool HasFailed => rasd is { HasEnded: true };

    public int ProcessId => rasd?.Id ?? throw new InvalidOperationException($"{Name} does not run.");

    /// <summary>Bounds one call.</summary>
    public static CallOptions Soon => new(deadline: DateTime.UtcNow + CallWithin);

    private NativeWires? UsedWires => Options.Contains("--wires") ? null : Wires;

    private string BootIdPath => Path.Combine(folder, "boot_id");

    private string LogPath => Path.Combine(folder, "rasd.log");

    /// <summary>Another boot id for the next start.</summary>
    public void NewBoot() => File.WriteAllText(BootIdPath, $"{Guid.NewGuid()}\n");

    /// <summary>The command line of a start.</summary>
    public string[] Arguments() =>
        [
            "--topology",
            TopologyPath,
            "--node",
            Name,
            "--data",
            Data,
            "--device",
            Kernel.Path,
            "--events",
            Kinds,
            "--boot-id-file",
            BootIdPath,
            .. Options,
            .. UsedWires?.Options ?? [],
        ];

    public void Start()
    {
        rasd?.Dispose();
        IsFrozen = false;
        Say("--- start");
        rasd = Rasd.Start(Arguments(), [.. UsedWires?.Around ?? [], .. Around], folder, Say);
    }

    /// <summary>SIGKILL: as a power cut, but for what the kernel has in its pipes.</summary>
    public void Kill()
    {
        rasd?.Dispose();
        rasd = null;
        Say("--- killed");
    }

    /// <summary>SIGKILL at the very moment when it says this; waits for it, and for the end.</summary>
    public async Task KillAtAsync(string text, Action act)
    {
        var dying = rasd ?? throw new InvalidOperationException($"{Name} does not run.");
        Volatile.Write(ref killAt, text);
        act();
        await dying.EndAsync();
        Kill();
    }

    /// <summary>SIGSTOP.</summary>
    public void Freeze()
    {
        IsFrozen = true;
        rasd?.Signal(Posix.Freeze);
        Say("--- frozen");
    }

    /// <summary>SIGCONT.</summary>
    public void Thaw()
    {
        IsFrozen = false;
        Say("--- thawed");
        rasd?.Signal(Posix.Continue);
    }

    /// <summary>SIGTERM, and waits for the end.</summary>
    /// <returns>The exit status.</returns>
    public Task<int> StopAsync()
    {
        rasd?.Signal(Posix.Terminate);
        return EndAsync();
    }

    /// <summary>Waits for an end that comes by itself.</summary>
    public async Task<int> EndAsync()
    {
        var ending = rasd ?? throw new InvalidOperationException($"{Name} does not run.");
        var status = await ending.EndAsync();
        ending.Dispose();
        rasd = null;
        Say(string.Create(CultureInfo.InvariantCulture, $"--- ended with {status}"));
        return status;
    }

    /// <summary>Everything that its daemons have said, or what came after a mark.</summary>
    public IReadOnlyList<string> Log(int since = 0)
    {
        lock (log)
        {
            return log[since..];
        }
    }

    /// <summary>A place in the log: what is said from now on comes after it.</summary>
    public int LogMark => Log().Count;

    public bool HasSaid(string text, int since = 0) =>
        Log(since).Any(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>Null: it does not answer.</summary>
    public Task<Status?> StatusAsync() => AskAsync(() => Operator.GetStatusAsync(new GetStatusRequest(), Soon));

    /// <summary>All told incidents as this node knows them, oldest first; null: it does not answer.</summary>
    public async Task<IReadOnlyList<Incident>?> IncidentsAsync()
    {
        var all = new List<Incident>();
        var request = new ListIncidentsRequest { Count = 1000 };
        while (true)
        {
            if (await AskAsync(() => Operator.ListIncidentsAsync(request, Soon)) is not { } reply)
            {
                return null;
            }

            all.AddRange(reply.Incidents);
            if (!reply.More)
            {
                all.Reverse();
                return [.. all.Where(incident => incident.Kind != EventKind.Silent).Select(WithoutClocks)];
            }

            request.Before = all[^1].Id;
        }
    }

    /// <summary>Null: it does not know of it, or does not answer.</summary>
    public async Task<Incident?> IncidentAsync(ulong id)
    {
        var incident = await AskAsync(() => Operator.GetIncidentAsync(new GetIncidentRequest { Id = id }, Soon));
        return incident is null ? null : WithoutClocks(incident);
    }

    public void Dispose()
    {
        rasd?.Dispose();
        channel.Dispose();
        Kernel.Dispose();
    }

    /// <summary>The wall clock is each node's own; all else is the same on every node.</summary>
    private static Incident WithoutClocks(Incident incident)
    {
        incident.ClearOpenedUnixMs();
        incident.ClearClosedUnixMs();
        return incident;
    }

    private static async Task<T?> AskAsync<T>(Func<AsyncUnaryCall<T>> call)
        where T : class
    {
        try
        {
            return await call();
        }
        catch (RpcException)
        {
            return null;
        }
    }

    private void Say(string line)
    {
        if (killAt.Length > 0 && line.Contains(killAt, StringComparison.Ordinal))
        {
            killAt = "";
            rasd?.Signal(Posix.Kill);
        }

        lock (log)
        {
            log.Add(line);
            File.AppendAllText(LogPath, line + "\n");
        }
    }
}
