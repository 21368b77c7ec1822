using ClusterRas.Fabric.Drafts;
using static ClusterRas.Fabric.Rules.RuleBook;

namespace ClusterRas.Fabric.Rules;

/// <summary>Every node has 1 or 2 DIEs, and as many as the others.</summary>
internal static class DieCountRule
{
    public static void Check(MapDraft draft, ProblemList problems)
    {
        var said = draft.Nodes.Where(node => node.DiesAt is not null).ToList();
        foreach (var node in said.Where(node => node.Dies.Count is 0 or > Limits.DieCountMax))
        {
            Add(node, "1 or 2", node.Dies.Count == 0 ? "add a DIE" : "remove DIEs");
        }

        // The odd one out is the mistake, wherever in the file it stands.
        var sound = said.Where(node => node.Dies.Count is > 0 and <= Limits.DieCountMax).ToList();
        var usual = sound.GroupBy(node => node.Dies.Count).OrderByDescending(g => g.Count()).FirstOrDefault();
        foreach (var node in sound.Where(node => node.Dies.Count != usual?.Key))
        {
            Add(
                node,
                Invariant($"{usual?.Key}, as most nodes of this file have"),
                node.Dies.Count < usual?.Key ? "add its other DIE" : "remove one, or add the second DIE to all others"
            );
        }

        void Add(DraftNode node, string expected, string advice) =>
            problems.Add(
                node.DiesAt!.Value,
                TopologyProblemCode.DieCount,
                Invariant($"{node.Owner} has {node.Dies.Count} DIE{(node.Dies.Count == 1 ? "" : "s")}"),
                expected,
                advice
            );
    }
}
