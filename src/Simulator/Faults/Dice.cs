using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Faults;

/// <summary>Draws what faults are made of, for one plan.</summary>
internal sealed class Dice(Prng chance, Shape shape)
{
    private NodeSet lost;

    public Prng Chance => chance;

    public Shape Shape => shape;

    public NodeSet All => NodeSet.All(shape.NodeCount);

    public NodeId SomeNode() => new((int)chance.Below(shape.NodeCount));

    public NodeId SomeOther(NodeId node) =>
        new((node.Value + 1 + (int)chance.Below(shape.NodeCount - 1)) % shape.NodeCount);

    /// <summary>Null: whoever is master then.</summary>
    public NodeId? AnyNode() => chance.Chance(1, 3) ? null : SomeNode();

    public NodeSet SomeNodes(int count)
    {
        var some = default(NodeSet);
        while (some.Count < count)
        {
            some = some.With(SomeNode());
        }

        return some;
    }

    public NodeSet AnyNodes() => new((uint)chance.NextBits() & All.Bits);

    public TimeSpan Between(int minMs, int maxMs) =>
        TimeSpan.FromMilliseconds(minMs) + chance.Below(TimeSpan.FromMilliseconds(maxMs - minMs));

    /// <summary>Windows end within the run, so that each word can be followed to its end. 35 s is the stock kernel's.</summary>
    public int WindowMs() => (int)(chance.Chance(1, 6) ? 35_000 : 2_000 + (1_000 * chance.Below(9)));

    /// <summary>Who dies and after what time it is back. Who never comes back is known by name.</summary>
    public (NodeId? Node, TimeSpan? Back) End(TimeSpan back)
    {
        var node = SomeNode();
        if (chance.Chance(2, 3) || !MayLose(node))
        {
            return (chance.Chance(1, 3) ? null : node, back);
        }

        return (node, null);
    }

    /// <summary>Somebody is gone for good, or without its disk.</summary>
    public bool HasLost => lost.Count > 0;

    /// <summary>Takes a node or its disk for good, if a majority of the first voters is left with theirs.</summary>
    public bool MayLose(NodeId node)
    {
        var all = lost.With(node);
        if (all.Nodes().Count(shape.Topology.IsControl) > (shape.VoterCount - 1) / 2)
        {
            return false;
        }

        lost = all;
        return true;
    }
}
