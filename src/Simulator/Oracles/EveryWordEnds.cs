using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>L5: when the faults are long over, every word that outlived its node's crashes ended in a stated way.</summary>
internal sealed class EveryWordEnds : IOracle
{
    private readonly HashSet<ReportId> ended = [];
    private readonly HashSet<ReportId> unstored = [];
    private readonly HashSet<ReportId> waitedFor = [];
    private readonly HashSet<ReportId> stated = [];
    private readonly Dictionary<NodeId, DiskId> disks = [];

    public string Name => "L5";

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        switch (sighting)
        {
            case Sighting.Done { Effect: Effect.Release release }:
                ended.Add(release.Report);
                NoteUnstored(release.Report, release.Incident, release.Verdict, chronicle);
                return null;
            case Sighting.Decided { Effect: Effect.WindowOver over }:
                ended.Add(over.Report);
                return null;
            case Sighting.Done { Effect: Effect.Delivered delivered }:
                ended.Add(delivered.Report);
                NoteUnstored(delivered.Report, delivered.Incident, delivered.Verdict, chronicle);
                return null;
            case Sighting.Decided { Effect: Effect.Committed committed }:
                foreach (var entry in committed.Entries)
                {
                    if (entry.Payload is EntryPayload.Released released)
                    {
                        // Also "overtaken": the kernel has gone over to another event under the same number.
                        ended.Add(released.Report);
                        stated.Add(released.Report);
                        NoteUnstored(released.Report, released.Incident, released.Verdict, chronicle);
                    }
                }

                return null;
            case Sighting.Decided
            {
                Effect: Effect.Note
                {
                    Fact: Fact.ReleaseDone { Verdict: Verdict.UnknownVictim, Outcome: ReleaseOutcome.Overtaken } done
                }
            }:
                // Nobody's word is in no log, and its kernel has gone over to another event: only the node can say so.
                ended.Add(done.Report);
                unstored.Add(done.Report);
                return null;
            case Sighting.Started started:
                if (disks.TryGetValue(started.Node, out var before) && before != started.State.Disk)
                {
                    // A lost disk takes along what it was to say.
                    waitedFor.RemoveWhere(id => id.Witness == started.Node);
                }

                disks[started.Node] = started.State.Disk;
                return null;
            case Sighting.Stored stored:
                waitedFor.UnionWith(
                    stored
                        .Write.OutboxPut.Select(kept => kept.Report)
                        .Where(word => word.WindowEnds is not null && word.Words.Waiter != Waiter.Nobody)
                        .Select(word => word.Id)
                );
                return null;
            case Sighting.Settled settled when chronicle.Groups.CanLead(settled.Running, chronicle):
                return Words(settled, chronicle)
                    ?? Outboxes(settled, chronicle)
                    ?? Endings(settled, chronicle)
                    ?? Incidents(settled, chronicle);
            default:
                return null;
        }
    }

    // About nobody whom we know, or one more than an incident keeps.
    private void NoteUnstored(ReportId report, IncidentId? incident, Verdict verdict, Chronicle chronicle)
    {
        if (verdict == Verdict.UnknownVictim || chronicle.Log.Covers(report, incident))
        {
            unstored.Add(report);
        }
    }

    private string? Words(Sighting.Settled settled, Chronicle chronicle)
    {
        foreach (var (id, word) in chronicle.Words)
        {
            // What a crash took before it was written is lost; the kernel says it again, as another run's word.
            if (!settled.Running.Contains(word.Node) || word.Run != chronicle.Run(word.Node))
            {
                continue;
            }

            if (chronicle.Log.Find(id) is null && !unstored.Contains(id))
            {
                return $"{id}, caught at {word.At.TotalSeconds} s, is not in the committed log";
            }

            if (word.Report.WindowEnds is not null && !ended.Contains(id))
            {
                return $"{id}, caught at {word.At.TotalSeconds} s, was neither let go nor told that its window is over";
            }
        }

        return null;
    }

    private static string? Outboxes(Sighting.Settled settled, Chronicle chronicle)
    {
        foreach (var node in settled.Running.Nodes())
        {
            if (chronicle.Disk(node)?.Outbox.FirstOrDefault() is { } kept)
            {
                return $"{kept.Report.Id} is still in the outbox of {node}";
            }
        }

        return null;
    }

    /// <summary>The log says of each word that its witness has kept what became of its waiter, whoever died meanwhile.</summary>
    private string? Endings(Sighting.Settled settled, Chronicle chronicle)
    {
        foreach (var id in waitedFor)
        {
            // A word on a node that was in no map was answered as nobody's, and is somebody's once the node is added again.
            if (
                settled.Running.Contains(id.Witness)
                && chronicle.Log.Find(id) is not null
                && !stated.Contains(id)
                && !chronicle.WasNobodys(id)
            )
            {
                return $"{id} is in the log without a word on what became of its waiter";
            }
        }

        return null;
    }

    private static string? Incidents(Sighting.Settled settled, Chronicle chronicle)
    {
        foreach (var story in chronicle.Log.Incidents.Where(s => s.Closed is null && s.Opened.Kind.IsFatal()))
        {
            var victim = story.Opened.Victim;
            var tag = story.Opened.Life.Tag;
            if (
                tag != 0
                && settled.Running.Contains(victim)
                && chronicle.Running(victim) is { Life.Tag: > 0 } now
                && now.Life.Tag != tag
            )
            {
                return $"incident {story.Id} is open, but {victim} is back with tag {now.Life.Tag} after {tag}";
            }
        }

        return null;
    }
}
