using ClusterRas.Fabric.Drafts;
using static ClusterRas.Fabric.Rules.RuleBook;

namespace ClusterRas.Fabric.Rules;

/// <summary>A switch, where the map names it, carries one rail only.</summary>
/// <remarks>
/// Also across nodes: with die0 of one node and die1 of another on it, its failure leaves the two no way to each other.
/// </remarks>
internal static class SharedSwitchRule
{
    public static void Check(MapDraft draft, ProblemList problems)
    {
        var plugs =
            from node in draft.Nodes
            from die in node.Dies.Take(Limits.DieCountMax).Index()
            where die.Item.Switch is not null
            select (Die: die.Index, die.Item.Switch, die.Item.Owner, Node: die.Item.NodeOwner);
        foreach (var plugged in plugs.ToLookup(plug => plug.Switch.Value, StringComparer.Ordinal))
        {
            // The rail with fewer plugs in it is the one that strayed.
            var rails = plugged
                .GroupBy(plug => plug.Die)
                .OrderBy(rail => rail.Count())
                .ThenByDescending(r => r.Key)
                .ToList();
            if (rails.Count < 2)
            {
                continue;
            }

            var strayed = rails[0].First();
            var other = rails[1].First();
            var named = rails.ConvertAll(rail =>
                Invariant($"die{rail.Key} of {Listed(rail.Select(plug => plug.Node))}")
            );
            problems.Add(
                strayed.Switch.At,
                TopologyProblemCode.SharedSwitch,
                $"switch {Spelling.Shown(plugged.Key)} carries both rails: {named[0]} and {named[1]}",
                "one rail on one switch",
                $"plug {strayed.Owner} into a switch of its own rail, or write the one that it is in "
                    + $"(compare {other.Owner} on {other.Switch.At.SeenFrom(strayed.Switch.At)})"
            );
        }
    }
}
