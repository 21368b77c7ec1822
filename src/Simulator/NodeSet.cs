using System.Numerics;
using ClusterRas.Fabric;

namespace ClusterRas.Simulator;

/// <summary>Some of a cluster's nodes, as bits.</summary>
internal readonly record struct NodeSet(uint Bits)
{
    public int Count => BitOperations.PopCount(Bits);

    public static NodeSet One(NodeId node) => new(1u << node.Value);

    public static NodeSet All(int nodeCount) => new(nodeCount == 32 ? uint.MaxValue : (1u << nodeCount) - 1);

    public bool Contains(NodeId node) => (Bits & (1u << node.Value)) != 0;

    public NodeSet With(NodeId node) => new(Bits | (1u << node.Value));

    public NodeSet Without(NodeSet others) => new(Bits & ~others.Bits);

    public IEnumerable<NodeId> Nodes()
    {
        for (var id = 0; id < 32; id++)
        {
            if ((Bits & (1u << id)) != 0)
            {
                yield return new NodeId(id);
            }
        }
    }

    public override string ToString() => "{" + string.Join(' ', Nodes()) + "}";
}
