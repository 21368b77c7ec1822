using ClusterRas.Fabric;

namespace ClusterRas.Transport;

/// <summary>The air between the transports of one process. Roads can be cut from outside.</summary>
public sealed class LoopbackNetwork
{
    private readonly Lock gate = new();
    private readonly Dictionary<NodeId, LoopbackTransport> present = [];
    private readonly Dictionary<(NodeId Low, NodeId High, Die Die), LoopbackRoad> roads = [];
    private readonly Dictionary<Die, LoopbackCut> rails = [];

    /// <summary>Cuts or heals the road between two nodes on one die.</summary>
    public void Cut(NodeId one, NodeId other, Die die, LoopbackCut cut) => Road(one, other, die).Cut(cut);

    /// <summary>Cuts or heals a whole rail: all roads of this die, also those that are first used later.</summary>
    public void Cut(Die die, LoopbackCut cut)
    {
        List<LoopbackRoad> ofDie;
        lock (gate)
        {
            rails[die] = cut;
            ofDie = [.. roads.Where(road => road.Key.Die == die).Select(road => road.Value)];
        }

        foreach (var road in ofDie)
        {
            road.Cut(cut);
        }
    }

    internal void Join(NodeId node, LoopbackTransport transport)
    {
        lock (gate)
        {
            if (!present.TryAdd(node, transport))
            {
                throw new InvalidOperationException($"{node} is here already");
            }
        }
    }

    internal void Leave(NodeId node, LoopbackTransport transport)
    {
        lock (gate)
        {
            if (present.GetValueOrDefault(node) == transport)
            {
                present.Remove(node);
            }
        }
    }

    internal LoopbackTransport? Find(NodeId node)
    {
        lock (gate)
        {
            return present.GetValueOrDefault(node);
        }
    }

    internal LoopbackRoad Road(NodeId one, NodeId other, Die die)
    {
        var key = one.CompareTo(other) <= 0 ? (one, other, die) : (other, one, die);
        lock (gate)
        {
            if (!roads.TryGetValue(key, out var road))
            {
                road = new LoopbackRoad(rails.GetValueOrDefault(die));
                roads[key] = road;
            }

            return road;
        }
    }
}
