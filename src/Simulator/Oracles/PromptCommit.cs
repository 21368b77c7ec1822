using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.Faults;

namespace ClusterRas.Simulator.Oracles;

/// <summary>L1: while its assumptions hold, a word is committed within 3.5 s, and answered then or by AckBy.</summary>
internal sealed class PromptCommit : IOracle
{
    private static readonly TimeSpan CommitWithin = TimeSpan.FromSeconds(3.5);
    private static readonly TimeSpan SucceedsWithin = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(300);
    private readonly PriorityQueue<(ReportId Word, bool Answer), TimeSpan> due = new();
    private readonly HashSet<ReportId> seen = [];
    private readonly HashSet<ReportId> answered = [];
    private readonly Dictionary<(NodeId Node, int Source), int> openings = [];

    public string Name => "L1";

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        switch (sighting)
        {
            case Sighting.Took { Input: Input.Raised raised } when seen.Add(raised.Report.Id):
                Expect(sighting.At, raised.Report, ((Sighting.Took)sighting).Now);
                break;
            case Sighting.Decided { Effect: Effect.Release release }:
                answered.Add(release.Report);
                break;
            case Sighting.Decided
            {
                Effect: Effect.Note { Fact: Fact.ReleaseDone { Verdict: Verdict.UnknownVictim } done },
            } when chronicle.WasNobodys(done.Report):
                // A node that left the map (F5): nothing is committed of it, nor let go where the device was opened anew meanwhile.
                answered.Add(done.Report);
                break;
            case Sighting.Took { Input: Input.DeviceReopened { Device: var device } }:
                openings[(sighting.Node, device.Source)] = device.Epoch;
                break;
            case Sighting.Decided { Effect: Effect.Committed }:
                // Its answer came, and the device had shown another event under its number by then (D2).
                foreach (var entry in chronicle.Log.Fresh)
                {
                    if (entry.Payload is EntryPayload.Released { Outcome: ReleaseOutcome.Overtaken } overtaken)
                    {
                        answered.Add(overtaken.Report);
                    }
                }

                break;
            default:
                break;
        }

        while (due.TryPeek(out var next, out var deadline) && deadline < sighting.At)
        {
            due.Dequeue();
            if (Late(next.Word, next.Answer, deadline, chronicle) is { } reason)
            {
                return reason;
            }
        }

        return null;
    }

    private void Expect(TimeSpan at, Report report, Instant now)
    {
        due.Enqueue((report.Id, false), at + CommitWithin);
        if (report.WindowEnds is { } ends && at + (ends - now) - Margin(report.Words.Waiter) is var ackBy)
        {
            if (report.Words.Waiter != Waiter.Nobody && ackBy >= at + CommitWithin)
            {
                due.Enqueue((report.Id, true), ackBy + Grace);
            }
        }
    }

    private string? Late(ReportId id, bool answer, TimeSpan deadline, Chronicle chronicle)
    {
        // An incident that is full stores no more words, but answers them.
        var kept = answer
            ? answered.Contains(id)
            : chronicle.Log.Find(id) is not null || (id.Kind.IsFatal() && answered.Contains(id));
        if (kept)
        {
            return null;
        }

        var word = chronicle.Words[id];
        if (answer && (IsGivenUp(word) || WaitedTooLong(id, deadline, chronicle)))
        {
            return null;
        }

        if (!Calm.Holds(chronicle.Faults, chronicle.Shape, word.Node, word.At, deadline, chronicle))
        {
            return null;
        }

        return answer
            ? $"{id} was raised at {word.At.TotalSeconds} s and not answered by AckBy"
            : $"{id} was raised at {word.At.TotalSeconds} s and not committed within {CommitWithin.TotalSeconds} s";
    }

    // The driver that showed it is no more: nobody can be let go, and whoever still waits is shown again, or heard as another word (D1).
    private bool IsGivenUp(CaughtWord word) =>
        word.Device is { } device
        && openings.TryGetValue((word.Node, device.Source), out var epoch)
        && epoch != device.Epoch;

    // A required handler was waited for, as it should be, and the master fell just before AckBy: no successor can be there in time.
    private static bool WaitedTooLong(ReportId id, TimeSpan deadline, Chronicle chronicle) =>
        chronicle.Log.Find(id) is { } place
        && chronicle.Log.Find(place.Incident) is { } incident
        && incident.Answered is null
        && incident.Opened.Handlers.Any(handler => handler.Required)
        && (
            chronicle
                .Successions.Open.Concat(chronicle.Successions.Ended)
                .Any(one => one.LastBeat > deadline - SucceedsWithin)
            || chronicle.Master is { } master
                && Calm.IsDisturbed(chronicle.Faults, master, deadline - SucceedsWithin, deadline)
        );

    private static TimeSpan Margin(Waiter waiter) =>
        waiter switch
        {
            Waiter.StockRemote => TimeSpan.FromMilliseconds(1_500),
            Waiter.StockLocal => TimeSpan.FromMilliseconds(1_000),
            _ => TimeSpan.FromMilliseconds(150),
        };
}
