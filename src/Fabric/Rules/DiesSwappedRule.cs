using ClusterRas.Fabric.Drafts;
using static ClusterRas.Fabric.Rules.RuleBook;

namespace ClusterRas.Fabric.Rules;

/// <summary>Where most nodes have one prefix of eids on die0 and another on die1, none has them the other way round.</summary>
/// <remarks>
/// A guess, and so a warning: eids need not have prefixes that mean anything. Nodes with lists of peers are judged by those.
/// </remarks>
internal static class DiesSwappedRule
{
    public static void Check(MapDraft draft, ProblemList problems)
    {
        var both = draft
            .Nodes.Where(node => node.Peers is null && node.Dies is [{ Eid: not null }, { Eid: not null }])
            .ToList();
        var usual = both.GroupBy(PrefixesOf).MaxBy(group => group.Count());
        if (usual is null || usual.Count() * 2 <= both.Count || usual.Key.Die0 == usual.Key.Die1)
        {
            return;
        }

        foreach (var node in both.Where(node => PrefixesOf(node) == (usual.Key.Die1, usual.Key.Die0)))
        {
            problems.Add(
                node.Dies[0].Eid!.At,
                TopologyProblemCode.DiesSwapped,
                $"{node.Owner}: its eids look swapped: die0 has {node.Dies[0].Eid!.Value}",
                Invariant($"on die0 the prefix {Prefix(usual.Key.Die0)} that {usual.Count()} other nodes have there"),
                "swap its two DIEs"
            );
        }
    }

    private static (ulong Die0, ulong Die1) PrefixesOf(DraftNode node) =>
        (node.Dies[0].Eid!.Value.High, node.Dies[1].Eid!.Value.High);

    private static string Prefix(ulong high) => new Eid(high, 0).ToString()[..19];
}
