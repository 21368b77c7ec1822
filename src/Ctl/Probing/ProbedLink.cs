using ClusterRas.Fabric;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Probing;

/// <summary>How a planned link is found.</summary>
internal enum LinkFinding
{
    /// <summary>Both ends say up, or the one that answers does.</summary>
    Up,

    /// <summary>One end says up, the other does not, or has no such link.</summary>
    HalfUp,

    /// <summary>No end says up.</summary>
    Down,

    /// <summary>Neither end answers.</summary>
    Unknown,

    /// <summary>The nodes that answer have no links of this kind at all.</summary>
    NotBuilt,
}

/// <summary>One planned link, as its two ends see it.</summary>
/// <param name="Link">As planned.</param>
/// <param name="Finding">How it is.</param>
/// <param name="RttUs">The longer of the round trips that the ends have measured; null: none has.</param>
/// <param name="Reason">Why it is not up; empty: it is, or nobody says.</param>
internal sealed record ProbedLink(PlannedLink Link, LinkFinding Finding, ulong? RttUs, string Reason)
{
    public static ProbedLink Of(PlannedLink link, ProbedNode lower, ProbedNode higher)
    {
        var ends = new[]
        {
            (Node: lower, View: lower.LinkTo(link.Higher, link.Die, link.Transport)),
            (Node: higher, View: higher.LinkTo(link.Lower, link.Die, link.Transport)),
        };
        var answering = ends.Where(end => end.Node.Status is not null).ToList();
        var views = answering.Select(end => end.View).OfType<LinkView>().ToList();
        var finding =
            answering.Count == 0 ? LinkFinding.Unknown
            : !answering.Exists(end => end.Node.HasLinksOf(link.Transport)) ? LinkFinding.NotBuilt
            : views.Count == 0 ? LinkFinding.Down
            : answering.TrueForAll(end => end.View?.Condition == LinkCondition.Up) ? LinkFinding.Up
            : views.Exists(view => view.Condition == LinkCondition.Up) ? LinkFinding.HalfUp
            : LinkFinding.Down;
        var rtts = views.Where(view => view.HasRttUs).Select(view => view.RttUs).ToList();
        // An end that answers and does not know the link runs with another map: that is no wire that is yet to be built.
        var reasons = answering
            .Where(end => finding != LinkFinding.NotBuilt && end.View?.Condition != LinkCondition.Up)
            .Select(end => $"at {end.Node.Node.Name} {(end.View is { } view ? ReasonOf(view) : "no such link")}");
        return new ProbedLink(link, finding, rtts.Count > 0 ? rtts.Max() : null, string.Join(", ", reasons));
    }

    private static string ReasonOf(LinkView view)
    {
        var condition = Words.Plain(Words.Of(view.Condition));
        return view.Reason.Length > 0 ? $"{condition}: {Text.Printable.Of(view.Reason)}" : condition;
    }
}
