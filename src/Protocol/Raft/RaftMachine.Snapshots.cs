using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>Snapshots of the log: made, sent to whom the log no longer reaches, and taken.</summary>
internal sealed partial class RaftMachine
{
    private static readonly TimeSpan SnapshotPatience = TimeSpan.FromSeconds(5);

    /// <summary>Entries in memory that a snapshot could replace.</summary>
    public int CommittedInMemory => (int)(CommitIndex.Value - log.SnapshotIndex.Value);

    /// <summary>The log up to the commit index is replaced by what the book needs of it.</summary>
    public void Compact(Func<Entry, bool> isRetained)
    {
        var entries = log.UpTo(CommitIndex).Where(isRetained);
        var snapshot = new Snapshot(CommitIndex, log.TermAt(CommitIndex) ?? term, new([.. entries]));
        log.Install(snapshot);
        outlet.WriteSnapshot(snapshot);
    }

    private void SendSnapshot(NodeId to, Progress peer)
    {
        if (peer.SnapshotSentAt is { } at && outlet.Now - at < SnapshotPatience)
        {
            return;
        }

        peer.SnapshotSentAt = outlet.Now;
        peer.NoteSnapshot(log.SnapshotIndex);
        Say(to, new Message.InstallSnapshot(term, disk, log.Snapshot!, ++probe));
    }

    private void OnInstallSnapshot(NodeId from, Message.InstallSnapshot install)
    {
        if (install.Term.CompareTo(term) < 0)
        {
            // As with entries: a leader that does not hear of the later term would send this for ever, and never fill us.
            Say(from, new Message.AppendEntriesReply(term, disk, false, log.LastIndex, install.Probe));
            return;
        }

        if (!FollowLeader(from, install.Term))
        {
            return;
        }

        lastProbeSeen = install.Probe;
        var snapshot = install.Snapshot;
        if (snapshot.LastIndex.CompareTo(CommitIndex) > 0)
        {
            if (log.TermAt(snapshot.LastIndex) != snapshot.LastTerm)
            {
                outlet.WriteTruncate(snapshot.LastIndex.Next);
                durableIndex = default;
                appendsInFlight.Clear();
            }

            log.Install(snapshot);
            CommitIndex = snapshot.LastIndex;
            outlet.WriteSnapshot(snapshot);
            appendsInFlight.Enqueue((outlet.Latest, snapshot.LastIndex));
            Restored(snapshot);
        }

        if (snapshot.LastIndex.CompareTo(verifiedIndex) > 0)
        {
            verifiedIndex = snapshot.LastIndex;
        }

        TellDurable(from, install.Probe);
    }
}
