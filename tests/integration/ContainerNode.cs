using System.Text.Json;
using ClusterRas.Fabric;
using ClusterRas.Sentry;

namespace ClusterRas.Integration;

/// <summary>A node in a container: its volume, and a kernel that we play.</summary>
internal sealed class ContainerNode : IAsyncDisposable
{
    private const string DataPath = "/var/lib/clusterras";
    private readonly string kernelPath;
    private readonly IVolume volume;
    private readonly IContainer container;
    private readonly NodeDoor door;

    /// <summary>Says what it is to be; nothing is made yet but its kernel.</summary>
    /// <param name="diskBytes">Of its volume, which then is in memory and gone with the container. Null: a folder of the engine.</param>
    public ContainerNode(TopologyNode node, string mapPath, IReadOnlyList<INetwork> networks, long? diskBytes)
    {
        Node = node;
        kernelPath = Path.Combine(Stand.Home, "kernels", node.Name);
        Directory.CreateDirectory(kernelPath);
        Kernel = new KernelDevice(Path.Combine(kernelPath, "sentry"), DeviceRecordLayout.A);
        door = new NodeDoor(node);
        volume = new VolumeBuilder()
            .WithName(node.Name)
            .WithCreateParameterModifier(p => p.DriverOpts = diskBytes is { } size ? InMemory(size) : [])
            .Build();
        container = new ContainerBuilder(Stand.Image)
            .WithName(node.Name)
            .WithHostname(node.Name)
            .WithNetwork(networks[0])
            .WithNetwork(networks[1])
            .WithBindMount(mapPath, "/etc/clusterras/topology.json")
            .WithBindMount(kernelPath, "/run/clusterras")
            .WithVolumeMount(volume, DataPath)
            .WithCreateParameterModifier(p =>
            {
                foreach (var (end, die) in p.NetworkingConfig!.EndpointsConfig!.Values.Zip(node.Dies))
                {
                    end.IPAMConfig = new Docker.DotNet.Models.EndpointIPAMConfig { IPv6Address = die.Eid.ToString() };
                }
            })
            .Build();
    }

    /// <summary>Its entry in the map.</summary>
    public TopologyNode Node { get; }

    public string Name => Node.Name;

    /// <summary>7 of n07.</summary>
    public int Number => Node.Id.Value + 1;

    /// <summary>What its rasd reads records from.</summary>
    public KernelDevice Kernel { get; }

    /// <summary>The boot that its container wrote down when it started last.</summary>
    public LifeName Life =>
        new(Number, Guid.Parse(File.ReadAllText(Path.Combine(kernelPath, "boot_id"))).ToString("N"));

    /// <summary>As the engine keeps it.</summary>
    public NodeLedger Ledger => new(Name, Path.Combine(Stand.Volumes, volume.Name, "_data", "data"));

    public async Task CreateAsync()
    {
        await volume.CreateAsync();
        await container.StartAsync();
    }

    public Task StartAsync() => container.StartAsync();

    public Task StopAsync() => container.StopAsync();

    public Task KillAsync() => Outside.KillAsync(Name);

    public Task PauseAsync() => container.PauseAsync();

    public Task UnpauseAsync() => container.UnpauseAsync();

    public Task DisconnectAsync(int die) => Outside.DisconnectAsync(ContainerCluster.NetworkOf(die), Name);

    public Task ConnectAsync(int die) =>
        Outside.ConnectAsync(ContainerCluster.NetworkOf(die), Name, BedMap.EidOf(Number, die).ToString());

    /// <summary>How it shows the cluster; null: it does not answer.</summary>
    public Task<Picture?> AskAsync() => door.AskAsync(CancellationToken.None);

    /// <summary>Writes into its volume until nothing goes in any more.</summary>
    public Task<ExecResult> FillDiskAsync() =>
        container.ExecAsync(["/bin/dd", "if=/dev/zero", $"of={DataPath}/filling", "bs=4096"]);

    /// <summary>And takes that out again.</summary>
    public Task<ExecResult> FreeDiskAsync() => container.ExecAsync(["/bin/rm", $"{DataPath}/filling"]);

    /// <summary>What its own rasctl prints as JSON.</summary>
    public async Task<JsonElement> RasctlAsync(params string[] question)
    {
        var said = await container.ExecAsync(["/bin/rasctl", "--node", Name, "--json", .. question]);
        return said.ExitCode == 0
            ? JsonDocument.Parse(said.Stdout).RootElement
            : throw new InvalidOperationException($"rasctl in {Name}: exit code {said.ExitCode}: {said.Stderr}");
    }

    /// <summary>The end of its log, for whoever looks why.</summary>
    public async Task<string> LogTailAsync()
    {
        var (output, error) = await container.GetLogsAsync();
        return string.Join('\n', (output + error).Split('\n').TakeLast(15));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await container.DisposeAsync();
        await volume.DisposeAsync();
        door.Dispose();
        Kernel.Dispose();
    }

    private static Dictionary<string, string> InMemory(long bytes) =>
        new()
        {
            ["type"] = "tmpfs",
            ["device"] = "tmpfs",
            ["o"] = FormattableString.Invariant($"size={bytes}"),
        };
}
