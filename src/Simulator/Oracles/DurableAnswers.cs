using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>S2, S3: what is called committed is on the disks of a majority, and no disk that has it ever loses it.</summary>
internal sealed class DurableAnswers : IOracle
{
    public string Name => "S3";

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        switch (sighting)
        {
            case Sighting.Decided { Effect: Effect.Committed }:
                return chronicle
                    .Log.Fresh.Select(entry => OnMajority(sighting.Node, entry, chronicle))
                    .FirstOrDefault(reason => reason is not null);
            case Sighting.Stored when chronicle.Lost is { } lost:
                return $"{sighting.Node} drops the committed entry {lost}";
            case Sighting.Done { Effect: Effect.Send { Frame.Message: { } message } }:
                return Matched(sighting.Node, message, chronicle);
            case Sighting.Done { Effect: Effect.Release release }:
                return Answered(sighting.Node, release.Report, release.Incident, release.Verdict, chronicle);
            default:
                return null;
        }
    }

    private static string? OnMajority(NodeId node, Entry entry, Chronicle chronicle)
    {
        // A majority of the group by the newest entry of the log that it is counted in, committed or not (S2).
        var voters = chronicle.Groups.Of(node);
        if (voters.Count == 0)
        {
            return $"{node} says that {entry} is committed before a cluster is founded";
        }

        // A disk that was lost since counts with what it had: it votes no more, so whoever is elected needs the voice of another one that
        // has the entry. A master that stood still meanwhile may well learn only now that a majority had it (life 444416810639 of 16).
        var holders = voters.Where(v => chronicle.Disk(v)?.Holds(entry) == true);
        var names = string.Join(' ', holders.Select(v => v.Node));
        return holders.Count() > voters.Count / 2
            ? null
            : $"{node} says that {entry} is committed, but only the disks of [{names}] hold it";
    }

    private static string? Matched(NodeId node, Message message, Chronicle chronicle)
    {
        switch (message)
        {
            case Message.Relayed relayed when relayed.Origin == node:
                return Matched(node, relayed.Inner, chronicle);
            case Message.AppendEntriesReply { Accepted: true } reply:
                var last = chronicle.Disk(node)?.LastIndex ?? default;
                return reply.Matched.CompareTo(last) <= 0
                    ? null
                    : $"{node} says that it has {reply.Matched}, but its disk ends at {last}";
            case Message.Answering answering:
                return Answered(node, answering.Report, answering.Incident, answering.Verdict, chronicle);
            default:
                return null;
        }
    }

    // A sync OOM is answered by its own node at once; an unknown victim has nothing to commit.
    private static string? Answered(
        NodeId node,
        ReportId report,
        IncidentId? incident,
        Verdict verdict,
        Chronicle chronicle
    ) =>
        report.Kind == EventKind.OutOfMemory
        || verdict == Verdict.UnknownVictim
        || chronicle.Log.Covers(report, incident)
            ? null
            : $"{node} answers {report} with {verdict}, but the word is not committed";
}
