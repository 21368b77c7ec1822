using ClusterRas.Fabric.Drafts;
using static ClusterRas.Fabric.Rules.RuleBook;

namespace ClusterRas.Fabric.Rules;

/// <summary>The first voters are 1, 3 or 5 different nodes of the map.</summary>
internal static class ControlRule
{
    public const string Form = "1, 3 or 5 names of nodes of this file";

    public static void Check(MapDraft draft, ProblemList problems)
    {
        if (draft.Control is not { } control)
        {
            return;
        }

        if (control.Count is not (1 or 3 or 5))
        {
            problems.Add(
                control.At,
                TopologyProblemCode.ControlSize,
                Invariant($"control has {control.Count} members"),
                Form,
                "name 1, 3 or 5 nodes"
            );
        }

        var names = draft.Nodes.Select(node => node.Name?.Value).OfType<string>().ToHashSet(StringComparer.Ordinal);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in control.Members.TakeWhile(_ => !problems.IsFull))
        {
            var shown = Spelling.Shown(member.Value);
            if (!seen.Add(member.Value))
            {
                Add(member, $"control names node {shown} twice", "name another node");
            }
            else if (!names.Contains(member.Value))
            {
                var guess = Spelling.Closest(member.Value, names);
                var advice = guess is null ? "name a node of this file" : $"did you mean {Spelling.Shown(guess)}?";
                Add(member, $"control names {shown}, which is no node", advice);
            }
        }

        void Add(Said<string> at, string found, string advice) =>
            problems.Add(at.At, TopologyProblemCode.ControlMember, found, Form, advice);
    }
}
