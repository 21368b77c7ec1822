using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Node;

/// <summary>The map that this node runs with, for whoever needs names and addresses; from any thread, always the newest.</summary>
internal sealed class CurrentMap(MapStatus start)
{
    private volatile MapStatus map = start;

    /// <summary>The map itself.</summary>
    public Topology Topology => map.Topology;

    /// <summary>Host names and addresses of the nodes, and with their ports: where consoles of this cluster may be asked for.</summary>
    public IReadOnlySet<string> Hosts()
    {
        var hosts = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var die in Topology.Nodes.SelectMany(node => node.Dies))
        {
            hosts.Add(die.Grpc.Host);
            hosts.Add(die.Grpc.ToString());
        }

        return hosts;
    }

    /// <summary>The core has another one.</summary>
    public void Take(Effect.MapTaken taken) => map = new MapStatus(taken.Map, taken.Version, taken.Former, []);

    /// <summary>A node's name, also if only an earlier map had it; its number where none has.</summary>
    public string Name(NodeId node)
    {
        var now = map;
        return FormerNode.NameOf(node, now.Topology, now.Former);
    }

    /// <summary>The node of this name, also if only an earlier map had it; null: none had.</summary>
    public NodeId? Find(string name)
    {
        var now = map;
        if (now.Topology.FindNode(name) is { } known)
        {
            return known.Id;
        }

        foreach (var former in now.Former)
        {
            if (former.Name == name)
            {
                return former.Node;
            }
        }

        return null;
    }
}
