using ClusterRas.Fabric.Drafts;
using static ClusterRas.Fabric.Rules.RuleBook;

namespace ClusterRas.Fabric.Rules;

/// <summary>One jetty id for all, from 3 to 1023.</summary>
internal static class JettyRule
{
    public static void Check(MapDraft draft, ProblemList problems)
    {
        var told = draft
            .Nodes.Where(node => node.Peers?.Jetty is not null)
            .Select(n => (n.Owner, n.Peers!.Jetty!))
            .ToList();
        var all = draft.Jetty is { } common ? told.Prepend(("file", common)) : told;
        foreach (var (owner, jetty) in all.Where(one => one.Item2.Value is < JettyId.Min or > JettyId.Max))
        {
            problems.Add(
                jetty.At,
                TopologyProblemCode.JettyRange,
                Invariant($"{owner}: jetty is {jetty.Value}"),
                Invariant($"a whole number, {JettyId.Min} to {JettyId.Max}"),
                "write the id that all nodes have"
            );
        }

        var sound = all.Where(one => one.Item2.Value is >= JettyId.Min and <= JettyId.Max).ToList();
        var usual = sound.GroupBy(one => one.Item2.Value).OrderByDescending(g => g.Count()).FirstOrDefault();
        foreach (var (owner, jetty) in sound.Where(one => one.Item2.Value != usual?.Key))
        {
            problems.Add(
                jetty.At,
                TopologyProblemCode.JettyDiffers,
                Invariant($"{owner}: jetty is {jetty.Value}"),
                Invariant($"{usual?.Key}, as most nodes have"),
                Invariant($"write {usual?.Key}")
            );
        }
    }
}
