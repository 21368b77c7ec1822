using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ClusterRas.Fabric;

namespace ClusterRas.Daemon.Tests;

/// <summary>A map of nodes n1, n2, ... on loopback: an address of its own for each node and DIE, a free port for each.</summary>
internal static class ClusterMap
{
    /// <summary>Of every node.</summary>
    public static readonly JettyId Jetty = new(20);

    private static int clusters;

    public static Topology Create(int nodeCount, int dieCount = 1, int control = 0, Tuning? tuning = null)
    {
        // A net of its own for each cluster: what one of them leaves behind in the kernel is not in the next one's way.
        var net = (byte)(16 + ((Environment.ProcessId + Interlocked.Increment(ref clusters)) % 224));
        var nodes = Enumerable.Range(1, nodeCount).Select(number => NodeOf(net, number, dieCount)).ToArray();
        NodeId[]? group = control == 0 ? null : [.. nodes.Take(control).Select(node => node.Id)];
        return Topology.Create("real", nodes, group, UbSettings.None with { Jetty = Jetty }, tuning);
    }

    public static Eid EidOf(int number, int die) => new(0xfd00_000d_0000_0000 | ((ulong)die << 16), (ulong)number);

    public static Cna CnaOf(int number) => new((uint)(0x200 + number));

    private static TopologyNode NodeOf(byte net, int number, int dieCount) =>
        new(
            new NodeId(number - 1),
            string.Create(CultureInfo.InvariantCulture, $"n{number}"),
            CnaOf(number),
            [.. Enumerable.Range(0, dieCount).Select(die => DieOf(net, number, die))]
        );

    private static TopologyDie DieOf(byte net, int number, int die)
    {
        var address = new IPAddress([127, net, (byte)(die + 1), (byte)number]);
        using var trial = new Socket(SocketType.Stream, ProtocolType.Tcp);
        trial.Bind(new IPEndPoint(address, 0));
        return HostPort.TryParse(trial.LocalEndPoint!.ToString()!, out var grpc)
            ? new TopologyDie(new Die(die), EidOf(number, die), grpc)
            : throw new InvalidOperationException($"no address: {trial.LocalEndPoint}");
    }
}
