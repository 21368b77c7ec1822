using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ClusterRas.Beds;

/// <summary>A bed with the simulated native wires beside its cables: a rail that is cut is cut on all of them.</summary>
/// <remarks>URMA has a device for each DIE. UVB has one road for each pair of nodes, which goes with DIE 0 here.</remarks>
/// <param name="cables">What carries gRPC.</param>
/// <param name="home">The folder for everything that is written.</param>
/// <param name="libraries">The folder of the simulated liburma and of UVB's stand-in.</param>
/// <param name="wires">As for <c>--wires</c>; "mix": other ones on each node.</param>
public sealed class WiredBed(Bed cables, string home, string libraries, string wires) : Bed
{
    // What a cluster may be that grows piece by piece: with both, with either, and machines that have none.
    private static readonly string[] Mix = ["urma,uvb,grpc", "urma,grpc", "uvb,grpc", "urma,uvb,grpc", "grpc"];

    private readonly HashSet<(int Number, int Die)> down = [];
    private int nodeCount;

    /// <inheritdoc />
    public override string Description => $"{cables.Description}; and beside it, simulated: {wires}";

    /// <inheritdoc />
    public override string? EnterCommand => cables.EnterCommand;

    private string Fabric => Path.Combine(home, "urma");

    private string Windows => Path.Combine(home, "uvb");

    /// <inheritdoc />
    public override string GrpcOf(int number, int die) => cables.GrpcOf(number, die);

    /// <summary>The wires that a node has, best first.</summary>
    public IReadOnlyList<string> WiresOf(int number) =>
        (wires == "mix" ? Mix[(number - 1) % Mix.Length] : wires).Split(',');

    /// <summary>How rasd names the best wire that two nodes both have on a DIE.</summary>
    public string BestOf(int one, int other, int die) =>
        WiresOf(one).Intersect(WiresOf(other)).First(wire => wire != "uvb" || die == 0) is var best && best == "grpc"
            ? best
            : $"{best} (simulated)";

    /// <inheritdoc />
    public override async Task OpenAsync(int nodeCount, CancellationToken stop)
    {
        this.nodeCount = nodeCount;
        Directory.CreateDirectory(Fabric);
        Directory.CreateDirectory(Windows);
        await cables.OpenAsync(nodeCount, stop);
    }

    /// <inheritdoc />
    public override async Task SetRailAsync(int number, int die, bool isUp)
    {
        await cables.SetRailAsync(number, die, isUp);
        _ = isUp ? down.Remove((number, die)) : down.Add((number, die));
        foreach (var other in Enumerable.Range(1, nodeCount).Where(other => other != number))
        {
            var isCut = IsCut(number, other, die);
            Tell(number, $"{(isCut ? "cut" : "heal")} {BedMap.EidOf(number, die)} {BedMap.EidOf(other, die)}");
            if (die == 0)
            {
                SetWindow(number, other, isCut);
            }
        }
    }

    /// <inheritdoc />
    public override ProcessStartInfo OnNode(int number, string file, IEnumerable<string> arguments)
    {
        var start = cables.OnNode(number, file, arguments);
        var rails = Enumerable.Range(0, BedMap.DieCount);
        var cuts =
            from die in rails
            from other in Enumerable.Range(1, nodeCount)
            where other != number && IsCut(number, other, die)
            select $"cut {BedMap.EidOf(number, die)} {BedMap.EidOf(other, die)}";
        start.Environment["URMA_SIM_COMMANDS"] = string.Join(
            ';',
            [
                $"fabric {Fabric}",
                .. rails.Select(die =>
                    string.Create(CultureInfo.InvariantCulture, $"device sim{die} {BedMap.EidOf(number, die)}")
                ),
                .. cuts,
                $"control {ControlOf(number)}",
            ]
        );
        start.Environment["CRAS_UVB_PATH"] = $"shm:{Windows}";
        return start;
    }

    /// <inheritdoc />
    public override IEnumerable<string> RasdOptions(int number) =>
        [
            .. cables.RasdOptions(number),
            "--wires",
            string.Join(',', WiresOf(number)),
            .. WiresOf(number).Contains("urma")
                ? ["--urma-library", Path.Combine(libraries, "liburma_sim.so")]
                : Array.Empty<string>(),
            .. WiresOf(number).Contains("uvb")
                ? ["--uvb-library", Path.Combine(libraries, "libcras_uvb.so")]
                : Array.Empty<string>(),
        ];

    /// <inheritdoc />
    public override async ValueTask DisposeAsync()
    {
        await cables.DisposeAsync();
        await base.DisposeAsync();
    }

    private bool IsCut(int one, int other, int die) => down.Contains((one, die)) || down.Contains((other, die));

    private string ControlOf(int number) => Path.Combine(home, BedMap.NameOf(number), "urma.control");

    /// <summary>A device of a process that is gone hears nothing, and its next one begins with what is cut then.</summary>
    private void Tell(int number, string command)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.SendTo(Encoding.ASCII.GetBytes(command), new UnixDomainSocketEndPoint(ControlOf(number)));
        }
        catch (SocketException e)
            when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AddressNotAvailable) { }
    }

    private void SetWindow(int one, int other, bool isCut)
    {
        var (lower, higher) = (BedMap.CnaOf(Math.Min(one, other)), BedMap.CnaOf(Math.Max(one, other)));
        var path = Path.Combine(Windows, $"cut-{lower}-{higher}");
        if (isCut)
        {
            File.WriteAllText(path, "");
        }
        else
        {
            File.Delete(path);
        }
    }
}
