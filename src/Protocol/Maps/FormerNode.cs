using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>A node that an earlier map had: incidents about it stay, and are told by its name.</summary>
public readonly record struct FormerNode(NodeId Node, string Name)
{
    /// <summary>The node's name by the map, or by an earlier one; its number where none has it.</summary>
    public static string NameOf(NodeId node, Topology map, EquatableArray<FormerNode> former)
    {
        if (map.FindNode(node) is { } known)
        {
            return known.Name;
        }

        foreach (var one in former)
        {
            if (one.Node == node)
            {
                return one.Name;
            }
        }

        return node.ToString();
    }
}
