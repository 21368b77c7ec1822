using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>S7: no answer after the window by the witness's clock, and at most one ack per delivered copy.</summary>
internal sealed class AckInTime : IOracle
{
    private readonly HashSet<(NodeId Node, int Run, ReportId Report)> over = [];
    private readonly Dictionary<(NodeId Node, ulong Msgid, ulong StartNs), int> unansweredCopies = [];

    public string Name => "S7";

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        switch (sighting)
        {
            case Sighting.Decided { Effect: Effect.WindowOver ended } decided:
                over.Add((decided.Node, chronicle.Run(decided.Node), ended.Report));
                return null;
            case Sighting.Decided { Effect: Effect.Release release } decided:
                return Decided(decided, release, chronicle);
            case Sighting.Shown shown:
                var copy = (shown.Node, shown.Record.Msgid, shown.Record.StartNs);
                unansweredCopies[copy] = unansweredCopies.GetValueOrDefault(copy) + 1;
                return null;
            case Sighting.AckWritten { Outcome: ReleaseOutcome.Acked } ack:
                return Acked(ack);
            default:
                return null;
        }
    }

    private string? Decided(Sighting.Decided decided, Effect.Release release, Chronicle chronicle)
    {
        if (over.Contains((decided.Node, chronicle.Run(decided.Node), release.Report)))
        {
            return $"{decided.Node} lets go {release.Report} after it said that its window is over";
        }

        return
            chronicle.Words.TryGetValue(release.Report, out var word)
            && word.Report.WindowEnds is { } ends
            && ends < decided.Now
            ? $"{decided.Node} lets go {release.Report} {(decided.Now - ends).TotalMilliseconds} ms after its window"
            : null;
    }

    private string? Acked(Sighting.AckWritten ack)
    {
        if (ack.Last?.IsOver(ack.Now) != false)
        {
            return $"{ack.Node} acks {ack.Report} after its window";
        }

        var copy = (ack.Node, ack.Report.High, ack.Report.Low);
        unansweredCopies[copy] = unansweredCopies.GetValueOrDefault(copy) - 1;
        return unansweredCopies[copy] >= 0 ? null : $"{ack.Node} acks {ack.Report} more often than it was shown";
    }
}
