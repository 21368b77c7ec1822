using System.Collections.Concurrent;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator;

/// <summary>How large a simulated cluster is.</summary>
/// <param name="Uvb">The kernels speak over UVB beside URMA, so each claim has two msgids at a witness (D4).</param>
internal sealed record Shape(int NodeCount, int VoterCount, int DieCount, bool Uvb)
{
    private static readonly ConcurrentDictionary<(int, int, int, int?), Topology> Maps = new();

    public Topology Topology => Maps.GetOrAdd((NodeCount, VoterCount, DieCount, null), static key => Draw(key));

    /// <summary>A map of the same nodes under another digest, which is this node's alone.</summary>
    public Topology ForeignTopology(NodeId node) =>
        Maps.GetOrAdd((NodeCount, VoterCount, DieCount, node.Value), static key => Draw(key));

    /// <summary>By seed. 3 of 4 and 5 of 7 are there because some faults show in these shapes only.</summary>
    public static Shape Draw(Prng chance, int? nodeCount)
    {
        var (nodes, voters) = nodeCount switch
        {
            { } fixedCount => (fixedCount, fixedCount >= 5 ? 5 : 3),
            null => chance.Below(20) switch
            {
                < 6 => (3, 3),
                < 9 => (4, 3),
                < 16 => (5, 5),
                < 19 => (7, 5),
                _ => (16, 5),
            },
        };
        return new Shape(nodes, voters, chance.Chance(1, 2) ? 1 : 2, chance.Chance(1, 4));
    }

    public override string ToString() =>
        $"{NodeCount} nodes, {VoterCount} voters, {DieCount} DIE{(DieCount == 1 ? "" : "s")}{(Uvb ? ", UVB" : "")}";

    private static Topology Draw((int Nodes, int Voters, int Dies, int? Foreign) key)
    {
        var nodes = Enumerable
            .Range(0, key.Nodes)
            .Select(id => new TopologyNode(
                new NodeId(id),
                $"n{id}",
                new Cna((uint)(100 + id)),
                [.. Enumerable.Range(0, key.Dies).Select(die => DieOf(id, die))]
            ));
        var name = key.Foreign is { } node ? $"foreign{node}" : "sim";
        return Topology.Create(name, [.. nodes], [.. Enumerable.Range(0, key.Voters).Select(id => new NodeId(id))]);
    }

    private static TopologyDie DieOf(int node, int die)
    {
        var eid = new Eid(0xfd00_0000_0000_0000 | (uint)die, (ulong)node + 1);
        return TopologyDie.TryGetGrpcDefault(eid, out var grpc)
            ? new TopologyDie(new Die(die), eid, grpc)
            : throw new System.Diagnostics.UnreachableException();
    }
}
