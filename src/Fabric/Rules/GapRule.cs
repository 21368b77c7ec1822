using ClusterRas.Fabric.Drafts;
using static ClusterRas.Fabric.Rules.RuleBook;

namespace ClusterRas.Fabric.Rules;

/// <summary>A listed gap is between two nodes of the map, on a DIE that they have, and is listed once.</summary>
internal static class GapRule
{
    private const string Form = "a DIE of this map and the names of two nodes";

    public static void Check(MapDraft draft, ProblemList problems)
    {
        if (draft.Gaps.Count == 0)
        {
            return;
        }

        var names = draft.Nodes.Select(node => node.Name?.Value).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var dieCount = draft.Nodes.Max(node => (int?)node.Dies.Count) ?? 0;
        var seen = new Dictionary<(int, string, string), Place>();
        foreach (var gap in draft.Gaps.TakeWhile(_ => !problems.IsFull))
        {
            if (gap.Die.Value < 0 || gap.Die.Value >= dieCount)
            {
                Add(
                    gap.Die.At,
                    Invariant($"a gap is on die {gap.Die.Value}"),
                    Invariant($"write 0{(dieCount > 1 ? " or 1" : "")}")
                );
            }

            if (gap.Names.Count != 2)
            {
                Add(gap.At, Invariant($"a gap is between {gap.Names.Count} nodes"), "name two nodes");
            }
            else if (gap.Names[0].Value == gap.Names[1].Value)
            {
                Add(
                    gap.Names[1].At,
                    $"a gap is between {Spelling.Shown(gap.Names[0].Value)} and itself",
                    "name another node"
                );
            }

            foreach (var name in gap.Names.Where(name => !names.Contains(name.Value)))
            {
                var guess = Spelling.Closest(name.Value, names);
                Add(
                    name.At,
                    $"a gap names {Spelling.Shown(name.Value)}, which is no node",
                    guess is null ? "name a node of this file" : $"did you mean {Spelling.Shown(guess)}?"
                );
            }

            if (gap.Names.Count == 2)
            {
                string[] pair = [.. gap.Names.Select(name => name.Value).Order(StringComparer.Ordinal)];
                if (!seen.TryAdd((gap.Die.Value, pair[0], pair[1]), gap.At))
                {
                    var first = seen[(gap.Die.Value, pair[0], pair[1])].SeenFrom(gap.At);
                    Add(gap.At, $"this gap is there twice, first on {first}", "remove one of the two");
                }
            }
        }

        void Add(Place at, string found, string advice) =>
            problems.Add(at, TopologyProblemCode.GapPair, found, Form, advice);
    }
}
