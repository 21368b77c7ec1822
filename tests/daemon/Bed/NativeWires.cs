using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace ClusterRas.Daemon.Tests;

/// <summary>Simulated wires for one node's daemon beside gRPC: a device of the simulated liburma for each DIE, and the windows of the UVB shim.</summary>
/// <remarks>All nodes of one folder meet.</remarks>
internal sealed class NativeWires
{
    // What a cluster may be that grows piece by piece: with both, with either, and one machine that has none.
    private static readonly string[] Mix = ["urma,uvb,grpc", "urma,grpc", "uvb,grpc", "urma,uvb,grpc", "grpc"];

    private readonly string control;
    private readonly int dieCount;

    /// <param name="folder">Of the cluster.</param>
    /// <param name="names">As for <c>--wires</c>.</param>
    /// <param name="urmaLibrary">Instead of the simulated liburma.</param>
    public NativeWires(string folder, RealNode node, string names, string? urmaLibrary = null)
    {
        var fabric = Directory.CreateDirectory(Path.Combine(folder, "urma")).FullName;
        control = Path.Combine(folder, node.Name, "urma.control");
        dieCount = node.Node.Dies.Length;
        var devices = node.Node.Dies.Select(die => $"device {Device(die.Die.Value)} {die.Eid}");
        Around =
        [
            "env",
            $"URMA_SIM_COMMANDS={string.Join(';', [$"fabric {fabric}", .. devices, $"control {control}"])}",
            $"CRAS_UVB_PATH=shm:{Path.Combine(folder, "uvb")}",
        ];
        Options = ["--wires", names];
        if (names.Contains("urma", StringComparison.Ordinal))
        {
            Options = [.. Options, "--urma-library", urmaLibrary ?? UrmaLibrary];
        }

        if (names.Contains("uvb", StringComparison.Ordinal))
        {
            Options = [.. Options, "--uvb-library", UvbLibrary];
        }

        HasUrma = names.Contains("urma", StringComparison.Ordinal);
    }

    /// <summary>The simulated liburma; skips the test where there was no C compiler.</summary>
    public static string UrmaLibrary => Find("liburma_sim.so");

    /// <summary>What stands for a liburma that has our provider beside it; skips the test where there was no C compiler.</summary>
    public static string ProviderHost => Find("provider-host/libcras_provider_host.so");

    /// <summary>The UVB shim; skips the test where there was no C compiler.</summary>
    public static string UvbLibrary => Find("libcras_uvb.so");

    /// <summary>The command around the daemon.</summary>
    public IReadOnlyList<string> Around { get; }

    /// <summary>The daemon's options.</summary>
    public IReadOnlyList<string> Options { get; }

    /// <summary>URMA is among them.</summary>
    public bool HasUrma { get; }

    /// <param name="wires">"mix": each node has others; else names as for <c>--wires</c>.</param>
    public static NativeWires Named(string wires, string folder, RealNode node) =>
        new(folder, node, wires == "mix" ? Mix[(node.Number - 1) % Mix.Length] : wires);

    /// <summary>All devices of this node have a fatal error, at once, and do not come back.</summary>
    public void KillUrma()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        for (var die = 0; die < dieCount; die++)
        {
            socket.SendTo(Encoding.ASCII.GetBytes($"kill {Device(die)}"), new UnixDomainSocketEndPoint(control));
        }
    }

    private static string Device(int die) => string.Create(CultureInfo.InvariantCulture, $"sim{die}");

    private static string Find(string file)
    {
        var path = Path.GetFullPath(
            Path.Combine(AppContext.BaseDirectory, "../../../native", file),
            AppContext.BaseDirectory
        );
        Assert.SkipUnless(File.Exists(path), $"{file} is not built: ./x build, with a C compiler");
        return path;
    }
}
