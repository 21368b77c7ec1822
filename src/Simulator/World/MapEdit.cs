using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.Faults;

namespace ClusterRas.Simulator.World;

/// <summary>Maps that an operator makes of the present one.</summary>
internal static class MapEdit
{
    /// <summary>The map with one thing changed; null: there is nothing to change.</summary>
    public static Topology? Of(Topology now, NodeId node, MapAct act, Prng chance) =>
        now.FindNode(node) is not { } known
            ? null
            : act switch
            {
                MapAct.Remove => now.Nodes.Length == 1
                    ? null
                    : With(now, [.. now.Nodes.Where(other => other != known)]),
                MapAct.Move => With(
                    now,
                    [.. now.Nodes.Select(other => other == known ? Moved(other, chance) : other)],
                    now.ControlGroup
                ),
                MapAct.Seat => Seated(now, node, chance),
                _ => throw new System.Diagnostics.UnreachableException(),
            };

    /// <summary>The map with a node of the first map again.</summary>
    public static Topology WithAgain(Topology now, TopologyNode node) => With(now, [.. now.Nodes, node]);

    /// <summary>As an operator's tool asks for it.</summary>
    public static EntryPayload.MapChanged Wish(Topology now, Topology next, ulong nonce) =>
        new(0, [now.Digest.ToString()], TopologyFile.Write(next), [], new Warrant("operator", "", (long)(nonce >>> 1)));

    private static Topology? Seated(Topology now, NodeId node, Prng chance)
    {
        if (now.IsControl(node))
        {
            return null;
        }

        var leaves = now.ControlGroup[(int)chance.Below(now.ControlGroup.Length)];
        return With(now, [.. now.Nodes], [.. now.ControlGroup.Where(other => other != leaves), node]);
    }

    private static Topology With(
        Topology now,
        IReadOnlyCollection<TopologyNode> nodes,
        IReadOnlyCollection<NodeId>? control = null
    ) => Topology.Create(now.Cluster, nodes, control, now.Ub);

    private static TopologyNode Moved(TopologyNode node, Prng chance)
    {
        var port = 7401 + chance.Below(1000);
        return node with { Dies = [.. node.Dies.Select(die => die with { Grpc = At(die, port) })] };
    }

    private static HostPort At(TopologyDie die, long port) =>
        HostPort.TryParse($"[{die.Eid}]:{port}", out var address)
            ? address
            : throw new System.Diagnostics.UnreachableException();
}
