using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>What consensus keeps around a recovery (protocol.md 14): who goes on, who follows, and who takes part no more.</summary>
internal sealed partial class RaftMachine
{
    /// <summary>The lost ones may have had masters of whom no survivor has heard, and a term has one master only (S1), also for those
    /// outside who are fenced by it. More elections than this take days.</summary>
    private const long TermsApart = 1_000_000;

    /// <summary>The recoveries of this cluster: those on the own disk, or what a peer told before the log has it. Never fewer.</summary>
    /// <remarks>One that is not on the own disk yet is told to nobody: after a crash it never was.</remarks>
    public EquatableArray<RecoveryMark> Recoveries
    {
        get;
        private set
        {
            field = value;
            Lineage = Lineage.Of(value);
        }
    }

    /// <summary>Names them all.</summary>
    public Lineage Lineage { get; private set; }

    /// <summary>As people call a node; set by the node machine.</summary>
    public required Func<NodeId, string> NameOf { get; init; }

    /// <summary>Of the newest of them; 0: there was none.</summary>
    public long Epoch => Recoveries.Count > 0 ? Recoveries[^1].Epoch : 0;

    /// <summary>Of the newest that the own log has, on disk or not.</summary>
    public long LogEpoch => log.Epoch;

    /// <summary>The recovery by which this disk is out: declared lost, or ahead of what was kept. 0: it takes part.</summary>
    public long RetiredBy { get; private set; }

    /// <summary>Its own disk is lost, by whatever word: nothing can be built on it.</summary>
    public bool IsOut => RetiredBy != 0 || IsLost(new Voter(self, disk));

    /// <summary>The last entry's term and index, which recoveries compare.</summary>
    public (Term Term, LogIndex Index) Last => (log.LastTerm, log.LastIndex);

    /// <summary>Goes on alone with what the own log holds. The caller has judged that it may.</summary>
    /// <param name="seen">The highest term that any survivor has seen.</param>
    /// <remarks>Entry, term and vote are one write: after a crash the recovery is done or it never was. Nobody is sent any
    /// of it before that write is fsynced, since others get only what is committed.</remarks>
    public EntryPayload.Recovered Recover(RecoveryPlan plan, Warrant warrant, Term seen)
    {
        var above = seen.CompareTo(term) > 0 ? seen : term;
        BecomeFollower(new Term(above.Value + TermsApart), null);
        var recovered = new EntryPayload.Recovered(plan.Epoch, log.LastTerm, new Voter(self, disk), plan.Lost, warrant);
        AppendToLog(new Entry(log.LastIndex.Next, new Term(term.Value + 1), recovered));
        because = null;
        StartElection(transfer: false);
        return recovered;
    }

    /// <summary>What a peer of this cluster tells of recoveries, against what is known here.</summary>
    /// <returns>Why the two cannot go together; null: they can.</returns>
    public string? WhyApart(EquatableArray<RecoveryMark> theirs, Voter peer)
    {
        var ours = Recoveries;
        for (var at = 0; at < Math.Min(ours.Count, theirs.Count); at++)
        {
            if (ours[at] != theirs[at])
            {
                return $"another recovery {ours[at].Epoch}: theirs went on with {NameOf(theirs[at].Survivor.Node)}, ours with {NameOf(ours[at].Survivor.Node)}; "
                    + "one of the two halves must be given up: stop its nodes and empty their data folders";
            }
        }

        foreach (var mark in ours)
        {
            if (mark.Lost.Contains(peer))
            {
                return $"disk {peer.Disk} of {NameOf(peer.Node)} was declared lost by recovery {mark.Epoch}: stop rasd there, empty its data folder, start it again";
            }
        }

        return null;
    }

    /// <summary>Takes over what an accepted peer tells of recoveries that are not known here.</summary>
    /// <returns>Why this node is out; null: it takes part.</returns>
    public string? Learn(EquatableArray<RecoveryMark> theirs)
    {
        if (RetiredBy == 0 && theirs.Count > Recoveries.Count)
        {
            var first = theirs[Recoveries.Count];
            var lostBy = theirs.FirstOrDefault(mark => mark.Lost.Contains(new Voter(self, disk)));
            var isKept = CommitIndex.Value == 0 || first.Keeps(log.TermAt(CommitIndex) ?? default, CommitIndex);
            if (lostBy is not null || !isKept)
            {
                Retire(lostBy ?? first);
            }
            else
            {
                Follow(theirs, first);
            }
        }

        return WhyRetired;
    }

    /// <summary>For people: why, and what to do; null: this disk takes part.</summary>
    public string? WhyRetired =>
        RetiredBy == 0
            ? null
            : $"disk {disk} of {NameOf(self)} is out by recovery {RetiredBy}, which declared it lost or has not kept what it knows as committed: "
                + "stop rasd here, empty its data folder, start it again";

    private void NoteDurableRecovery()
    {
        if (log.Recoveries.Count > Recoveries.Count && log.Recoveries[^1].BaseIndex.CompareTo(durableIndex) < 0)
        {
            Recoveries = log.Recoveries;
        }
    }

    private void Retire(RecoveryMark mark)
    {
        RetiredBy = mark.Epoch;
        BecomeFollower(term, null);
        WriteHardState();
        outlet.Note(new Fact.Retired(WhyRetired!));
    }

    /// <summary>The group of before leads no more, and what it had not committed is not to be taken for the new one's.</summary>
    private void Follow(EquatableArray<RecoveryMark> theirs, RecoveryMark first)
    {
        Recoveries = theirs;
        BecomeFollower(term, null);
        for (var index = CommitIndex.Next; index.CompareTo(log.LastIndex) <= 0; index = index.Next)
        {
            if (!first.Keeps(log.TermAt(index) ?? default, index))
            {
                TruncateLog(index);
                break;
            }
        }

        outlet.Note(new Fact.RecoveryLearned(theirs[^1]));
    }
}
