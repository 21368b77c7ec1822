using System.Diagnostics;
using System.Globalization;

namespace ClusterRas.Chaos;

/// <summary>A rail of a node with a relay in it: its port is out of the bridge, and a new one stands there in its place.</summary>
/// <remarks>The relay is a process of this program, so it lives in the switch's network namespace and ends with it.</remarks>
internal sealed class SlowRail
{
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(10);
    private readonly NamespaceBed bed;
    private readonly Process relay;
    private readonly string port;
    private readonly string inBridge;
    private readonly string bridge;
    private Slowness slowness = Slowness.None;

    private SlowRail(NamespaceBed bed, Process relay, int number, int die)
    {
        this.bed = bed;
        this.relay = relay;
        port = NamespaceBed.PortOf(number, die);
        inBridge = PortInBridge(number, die);
        bridge = string.Create(CultureInfo.InvariantCulture, $"die{die}");
    }

    /// <summary>The port that stands in the bridge while a relay is in the rail.</summary>
    public static string PortInBridge(int number, int die) => NamespaceBed.PortOf(number, die) + "b";

    /// <summary>Puts a relay in, as fast as it can be at first.</summary>
    public static async Task<SlowRail> OpenAsync(NamespaceBed bed, Site site, int number, int die, ulong seed)
    {
        var (port, inBridge) = (NamespaceBed.PortOf(number, die), PortInBridge(number, die));
        var atRelay = port + "r";
        await IpAsync(
            bed,
            $"link add {inBridge} type veth peer name {atRelay}",
            $"link set {inBridge} addrgenmode none",
            $"link set {atRelay} addrgenmode none",
            $"link set {atRelay} up",
            $"link set {inBridge} up"
        );
        var start = new ProcessStartInfo(
            Environment.ProcessPath!,
            [SlowRelay.Verb, port, atRelay, seed.ToString(CultureInfo.InvariantCulture)]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        site.Prepare(start);
        var process = Process.Start(start) ?? throw new BedFailedException("cannot start the relay");
        var rail = new SlowRail(bed, process, number, die);
        var said = await process.StandardOutput.ReadLineAsync().WaitAsync(ReadyWithin);
        if (said != SlowRelay.Ready)
        {
            throw new BedFailedException($"the relay of {port} did not start; its reason is above");
        }

        // Only now: until here both ways would have been open, and each frame gone twice.
        await IpAsync(bed, $"link set {port} nomaster", $"link set {inBridge} master {rail.bridge}");
        return rail;
    }

    /// <summary>From now on it is so slow.</summary>
    public async Task SetAsync(Func<Slowness, Slowness> change)
    {
        slowness = change(slowness);
        try
        {
            await relay.StandardInput.WriteLineAsync(slowness.Line);
            await relay.StandardInput.FlushAsync();
        }
        catch (IOException)
        {
            throw new BedFailedException($"the relay of {port} has ended by itself; its reason is above");
        }
    }

    /// <summary>Takes the relay out: what waits arrives at once, and the port is in the bridge again.</summary>
    public async Task<RelayTally> CloseAsync()
    {
        relay.StandardInput.Close();
        var said = await relay.StandardOutput.ReadToEndAsync();
        await relay.WaitForExitAsync();
        await IpAsync(bed, $"link del {inBridge}", $"link set {port} master {bridge}");
        using (relay)
        {
            return RelayTally.Parse(said.Trim())
                ?? throw new BedFailedException($"the relay of {port} has ended by itself: exit code {relay.ExitCode}");
        }
    }

    private static Task IpAsync(NamespaceBed bed, params string[] lines) =>
        bed.RunToolAsync(string.Join('\n', lines) + "\n", "ip", "-b", "-");
}
