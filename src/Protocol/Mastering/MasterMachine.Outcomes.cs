namespace ClusterRas.Protocol;

internal sealed partial class MasterMachine
{
    /// <summary>What became of an answer waits this long for an entry to ride with: nobody waits for it.</summary>
    private static readonly TimeSpan OutcomesWait = TimeSpan.FromMilliseconds(50);

    private readonly List<EntryPayload.Released> outcomes = [];
    private Instant outcomesDue = Instant.Never;
    private LogIndex lastSeen;

    /// <summary>The committed book says so already, or how else the word ended.</summary>
    /// <remarks>A witness that started anew does not know that it let its waiter go, and can only say that it cannot.</remarks>
    public static bool IsRecorded(Incident incident, Message.Releasing releasing) =>
        incident.Releases.Exists(known =>
            known.Report == releasing.Report
            && (
                known.Outcome == releasing.Outcome
                || releasing.Outcome is ReleaseOutcome.Overtaken or ReleaseOutcome.Late
            )
        );

    /// <summary>A witness tells what became of an answer; it says so again until it reads it in the log.</summary>
    public void OnReleasing(Message.Releasing releasing)
    {
        if (
            raft.IsLeader
            && appended.Incidents.TryGetValue(releasing.Incident, out var incident)
            && !IsRecorded(incident, releasing)
            && !outcomes.Exists(known => known.Report == releasing.Report && known.Outcome == releasing.Outcome)
        )
        {
            outcomes.Add(
                new EntryPayload.Released(
                    releasing.Incident,
                    releasing.Report,
                    releasing.Verdict,
                    releasing.Outcome,
                    releasing.LeftMs
                )
            );
            outcomesDue = Instant.Min(outcomesDue, outlet.Now + OutcomesWait);
        }
    }

    /// <summary>At the end of a step: appends what waits, if something else was appended or its time has come.</summary>
    public void AppendOutcomes()
    {
        if (outcomes.Count > 0 && (outlet.Now >= outcomesDue || raft.LastIndex != lastSeen))
        {
            foreach (var outcome in outcomes)
            {
                raft.Propose(outcome);
            }

            ForgetOutcomes();
        }

        lastSeen = raft.LastIndex;
    }

    /// <summary>A new term's master hears them again.</summary>
    private void ForgetOutcomes()
    {
        outcomes.Clear();
        outcomesDue = Instant.Never;
    }

    /// <summary>Who has told what became of its answer waits for no other: not even from the next master.</summary>
    private void NoteReleased(EquatableArray<Entry> entries)
    {
        foreach (var entry in entries)
        {
            if (entry.Payload is EntryPayload.Released released && pool.TryGetValue(released.Report, out var held))
            {
                unanswered.Remove(held);
            }
        }
    }
}
