using ClusterRas.Fabric.Drafts;
using static ClusterRas.Fabric.Rules.RuleBook;

namespace ClusterRas.Fabric.Rules;

/// <summary>At least one node, and no more than allowed; ids stay below that, too.</summary>
internal static class NodeCountRule
{
    public static void Check(MapDraft draft, ProblemList problems, int nodeCountMax)
    {
        var count = draft.NodeCount;
        if (count == 0 || count > nodeCountMax)
        {
            var canRaise = count > 0 && count <= Limits.NodeCountMax;
            problems.Add(
                draft.NodesAt,
                TopologyProblemCode.NodeCount,
                Invariant($"nodes has {count} nodes"),
                Invariant($"1 to {nodeCountMax}"),
                count == 0 ? "add a node"
                    : canRaise ? Invariant($"remove nodes, or allow more ({Limits.NodeCountMax} at most)")
                    : "remove nodes"
            );
        }
        else if (count > Limits.NodeCountDefaultMax)
        {
            problems.Add(
                draft.NodesAt,
                TopologyProblemCode.LargeCluster,
                Invariant($"nodes has {count} nodes"),
                Invariant($"{Limits.NodeCountDefaultMax} where every edition of sysSentry is to take them"),
                "look at the sysSentry of every node: it must be of the 32-node edition"
            );
        }

        // Where the nodes are too many, ids beyond the limit are the same mistake once more.
        var idMax = Math.Max(count > nodeCountMax ? Math.Max(count, Limits.NodeCountMax) : 0, nodeCountMax) - 1;
        foreach (var node in draft.Nodes.Where(n => n.Id is { } id && (id.Value < 0 || id.Value > idMax)))
        {
            problems.Add(
                node.Id!.At,
                TopologyProblemCode.NodeId,
                Invariant($"{node.Owner}: id is {node.Id.Value}"),
                Invariant($"a whole number, 0 to {idMax}"),
                "write a number that no other node has"
            );
        }
    }
}
