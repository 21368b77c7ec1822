using ClusterRas.Fabric.Drafts;

namespace ClusterRas.Fabric.Rules;

/// <summary>All rules that a whole map is held against, whatever it was written in.</summary>
/// <remarks>One file a rule or family of rules. A rule only looks at the draft and adds problems; their order does not matter.</remarks>
public static class RuleBook
{
    /// <summary>Adds every problem of the draft.</summary>
    /// <param name="draft">What was read; its values have the right form.</param>
    /// <param name="problems">Taken to.</param>
    /// <param name="nodeCountMax">Most nodes to allow.</param>
    public static void Check(MapDraft draft, ProblemList problems, int nodeCountMax)
    {
        NodeCountRule.Check(draft, problems, nodeCountMax);
        TakenRule.Check(draft, problems);
        DieCountRule.Check(draft, problems);
        DiesSwappedRule.Check(draft, problems);
        ControlRule.Check(draft, problems);
        ControlDomainRule.Check(draft, problems);
        SharedSwitchRule.Check(draft, problems);
        JettyRule.Check(draft, problems);
        TimeoutRule.Check(draft, problems);
        TuningRule.Check(draft, problems);
        GapRule.Check(draft, problems);
        PeerListRules.Check(draft, problems);
    }

    internal static string Invariant(FormattableString text) =>
        text.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A node's name without quotes, harmless on a terminal.</summary>
    internal static string NameOf(DraftNode node) =>
        node.Name is { } name ? Spelling.Plain(name.Value, Limits.NameLengthMax) : node.Owner;

    /// <summary>Names in a sentence: <c>n01, n02 and 5 more</c>.</summary>
    internal static string Listed(IEnumerable<string> names)
    {
        const int shownMax = 16;
        var all = names.ToList();
        var shown = string.Join(", ", all.Take(shownMax));
        return all.Count > shownMax ? Invariant($"{shown} and {all.Count - shownMax} more") : shown;
    }
}
