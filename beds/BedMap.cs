using System.Collections.Immutable;
using System.Globalization;
using ClusterRas.Fabric;

namespace ClusterRas.Beds;

/// <summary>The topology of a bed: nodes n01, n02, ... with two DIEs each.</summary>
public static class BedMap
{
    /// <summary>DIEs of a node, so ways between two nodes.</summary>
    public const int DieCount = 2;

    /// <summary>The map, with each DIE's gRPC where the bed says.</summary>
    /// <param name="tuning">Rhythms and limits. Null: the defaults.</param>
    public static Topology Create(
        string cluster,
        int nodeCount,
        Func<int, int, string> grpcOf,
        Tuning? tuning = null
    ) =>
        Topology.Create(
            cluster,
            [
                .. Enumerable
                    .Range(1, nodeCount)
                    .Select(number => new TopologyNode(
                        new NodeId(number - 1),
                        NameOf(number),
                        CnaOf(number),
                        [.. Enumerable.Range(0, DieCount).Select(die => DieOf(number, die, grpcOf))]
                    )),
            ],
            // For beds with native wires; gRPC alone takes no notice.
            ub: UbSettings.None with
            {
                Jetty = new JettyId(20),
            },
            tuning: tuning
        );

    /// <summary>A node's name: n07.</summary>
    public static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"n{number:00}");

    /// <summary>A node's UVB address.</summary>
    public static Cna CnaOf(int number) => new((uint)(0x100 + number));

    /// <summary>A DIE's identity; also its IPv6 address where the bed has IPv6.</summary>
    public static Eid EidOf(int number, int die) => new(0xfd00_000a_0000_0000 | ((ulong)die << 16), (ulong)number);

    private static TopologyDie DieOf(int number, int die, Func<int, int, string> grpcOf) =>
        HostPort.TryParse(grpcOf(number, die), out var grpc)
            ? new TopologyDie(new Die(die), EidOf(number, die), grpc)
            : throw new ArgumentException($"no address: {grpcOf(number, die)}", nameof(grpcOf));
}
