using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

internal sealed partial class RaftMachine
{
    private readonly SortedDictionary<NodeId, Progress> progress = [];
    private LogIndex firstOfTerm;
    private LogIndex verifiedIndex;
    private ulong probe;
    private ulong lastProbeSeen;
    private Instant nextBeat = Instant.Never;
    private Instant quorumDeadline = Instant.Never;
    private Instant? transferUntil;

    private void BecomeLeader()
    {
        Role = RaftRole.Leader;
        failedCandidacies = 0;
        lastWordsDeadline = Instant.Never;
        because = null;
        transferUntil = null;
        progress.Clear();
        FollowAll();

        SetLeader(self);
        outlet.Note(new Fact.RoleChanged(Role, term));
        firstOfTerm = log.LastIndex.Next;
        quorumDeadline = outlet.Now + options.ElectionTimeoutMax;
        nextBeat = outlet.Now + options.BeatEvery;
        AppendAsLeader(new EntryPayload.NoOp());
        LeadershipChanged(true);
    }

    private void AppendAsLeader(EntryPayload payload)
    {
        var entry = new Entry(log.LastIndex.Next, term, payload);
        AppendToLog(entry);
        Appended(entry);
    }

    /// <summary>Sends what is new; called once at the end of a step, or of several that come together, so that their
    /// entries travel together.</summary>
    public void Replicate()
    {
        if (!IsLeader)
        {
            return;
        }

        foreach (var (node, peer) in progress)
        {
            var isAwaited = IsVoterNode(node) ? BatchFor(node, peer.Next) > 0 : IsFarBehind(peer);
            if (isAwaited && IsAnswering(peer) && !peer.IsStuck)
            {
                SendAppend(node, peer);
            }
        }
    }

    /// <summary>Something is committed that this node does not know to be.</summary>
    private bool HasNews(Progress peer) =>
        (peer.Next.CompareTo(CommitIndex) <= 0 && IsAnswering(peer))
        || (peer.ToldCommit.CompareTo(CommitIndex) < 0 && peer.Match.CompareTo(CommitIndex) >= 0);

    /// <summary>Without a vote nobody waits for its copy: it gets what is committed with the beats, unless that is much.</summary>
    private bool IsFarBehind(Progress peer) => CommitIndex.Value - peer.Next.Value + 1 >= options.EntriesPerAppendMax;

    private bool IsAnswering(Progress peer) => peer.IsAnswering(outlet.Now, options.BeatEvery * 10);

    private void WakeLeader()
    {
        if (outlet.Now >= quorumDeadline)
        {
            CheckQuorum();
            if (!IsLeader)
            {
                return;
            }
        }

        if (
            stuckSince is { } since
            && outlet.Now - since >= options.ElectionTimeoutMin
            && log.LastIndex != durableIndex
        )
        {
            HandOverStuckDisk();
        }

        if (outlet.Now >= nextBeat)
        {
            nextBeat = outlet.Now + options.BeatEvery;
            foreach (var (node, peer) in progress)
            {
                // Without a vote nobody waits for the beat; the rhythm of heartbeats is enough to be followed.
                if (IsVoterNode(node) || outlet.Now - peer.SentAt >= options.HeartbeatEvery || HasNews(peer))
                {
                    SendAppend(node, peer);
                }
            }
        }
    }

    private bool IsVoterNode(NodeId node)
    {
        foreach (var voter in Voters)
        {
            if (voter.Node == node)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A leader that does not hear a majority is none: it steps down before somebody else is elected for long.</summary>
    private void CheckQuorum()
    {
        quorumDeadline = outlet.Now + (options.ElectionTimeoutMin / 2);
        var heard = 0;
        foreach (var voter in Voters)
        {
            if (
                voter.Node == self
                || (
                    progress.TryGetValue(voter.Node, out var peer)
                    && peer.Holds(voter)
                    && peer.IsAnswering(outlet.Now, options.ElectionTimeoutMax)
                )
            )
            {
                heard++;
            }
        }

        if (heard < Majority && !KnowsOtherOfTwoDies)
        {
            BecomeFollower(term, null);
        }
    }

    /// <summary>Somebody whose disk writes had better lead. With a change in the log that this disk keeps from leaving nothing behind it
    /// could be committed either, and no word: what could leave is enough then.</summary>
    private void HandOverStuckDisk()
    {
        stuckSince = outlet.Now;
        var (caughtUp, last) = (0, LastToLeave);
        var voters = log.VotersAt(last);
        foreach (var voter in voters)
        {
            if (
                voter.Node != self
                && progress.TryGetValue(voter.Node, out var peer)
                && peer.Match == last
                && peer.Holds(voter)
            )
            {
                caughtUp++;
            }
        }

        if (caughtUp > voters.Count / 2)
        {
            TransferAway(upTo: last);
        }
    }

    private void SendAppend(NodeId to, Progress peer)
    {
        var previous = peer.Next.Previous;
        if (previous.CompareTo(log.SnapshotIndex) < 0)
        {
            SendSnapshot(to, peer);
            return;
        }

        var entries = IsAnswering(peer) ? log.Slice(peer.Next, MostOf(to, peer)) : [];
        var previousTerm = log.TermAt(previous) ?? throw new InvalidOperationException($"no term at {previous}");
        peer.SentAt = outlet.Now;
        peer.ToldCommit = CommitIndex;
        peer.NoteProbe(probe + 1, outlet.Now, previous);
        Say(to, new Message.AppendEntries(term, disk, previous, previousTerm, CommitIndex, ++probe, entries));
        if (entries.Count > 0)
        {
            peer.Next = entries[^1].Index.Next;
        }
    }

    /// <summary>What is not committed goes to those only who can commit it: others would fsync at that very moment.</summary>
    private int MostOf(NodeId to, Progress peer)
    {
        var batch = BatchFor(to, peer.Next);
        return IsVoterNode(to) ? batch : (int)Math.Clamp(CommitIndex.Value - peer.Next.Value + 1, 0, batch);
    }

    private void OnAppendEntriesReply(NodeId from, Message.AppendEntriesReply reply)
    {
        if (reply.Term.CompareTo(term) > 0)
        {
            BecomeFollower(reply.Term, null);
            return;
        }

        if (!IsLeader || reply.Term != term || !progress.TryGetValue(from, out var peer))
        {
            return;
        }

        if (peer.Disk != reply.Disk)
        {
            peer.TakeDisk(reply.Disk);
        }

        peer.RepliedAt = outlet.Now;
        NoteIfWentBack(from, peer, reply);
        if (reply.Accepted)
        {
            if (reply.Matched.CompareTo(peer.Match) > 0)
            {
                peer.Match = reply.Matched;
                if (peer.Next.CompareTo(reply.Matched) <= 0)
                {
                    peer.Next = reply.Matched.Next;
                }

                AdvanceCommit();
            }

            peer.NoteTaken();
        }
        else if (reply.Matched.Next.CompareTo(peer.Next) < 0)
        {
            peer.Next = reply.Matched.CompareTo(peer.Match) > 0 ? reply.Matched.Next : peer.Match.Next;
            peer.IsStuck = peer.Refused == peer.Next;
            peer.Refused = peer.Next;
        }
    }

    private void AdvanceCommit()
    {
        var matches = new List<LogIndex>(Voters.Count);
        foreach (var voter in Voters)
        {
            if (voter.Node == self)
            {
                matches.Add(voter.Disk == disk ? durableIndex : default);
            }
            else
            {
                matches.Add(progress.TryGetValue(voter.Node, out var peer) && peer.Holds(voter) ? peer.Match : default);
            }
        }

        matches.Sort();
        var held = matches[matches.Count - Majority];

        // Only an entry of this term is committed by counting; older ones come with it (Raft, figure 8).
        if (held.CompareTo(CommitIndex) > 0 && log.TermAt(held) == term)
        {
            Commit(held);
        }
    }

    private void Commit(LogIndex upTo)
    {
        var entries = log.Slice(CommitIndex.Next, (int)(upTo.Value - CommitIndex.Value));
        CommitIndex = upTo;
        Committed(entries);
    }

    private void OnAppendEntries(NodeId from, Message.AppendEntries append)
    {
        if (append.Term.CompareTo(term) < 0)
        {
            Say(from, new Message.AppendEntriesReply(term, disk, false, log.LastIndex, append.Probe));
            return;
        }

        if (!FollowLeader(from, append.Term, IsLate(from, append)))
        {
            return;
        }

        if (append.PreviousIndex.CompareTo(CommitIndex) >= 0 && log.TermAt(append.PreviousIndex) != append.PreviousTerm)
        {
            var hint = append.PreviousIndex.CompareTo(log.LastIndex) > 0 ? log.LastIndex : CommitIndex;
            Say(from, new Message.AppendEntriesReply(term, disk, false, hint, append.Probe));
            return;
        }

        if (!TakeEntries(append.Entries))
        {
            Say(from, new Message.AppendEntriesReply(term, disk, false, log.LastIndex, append.Probe));
            return;
        }

        // Only now: what the disk tells later must not be an answer to a request that was refused.
        lastProbeSeen = append.Probe;
        var last = append.Entries.Count > 0 ? append.Entries[^1].Index : append.PreviousIndex;
        if (last.CompareTo(verifiedIndex) > 0)
        {
            verifiedIndex = last;
        }

        var commit = append.CommitIndex.CompareTo(verifiedIndex) < 0 ? append.CommitIndex : verifiedIndex;
        if (commit.CompareTo(CommitIndex) > 0)
        {
            Commit(commit);
        }

        // What is not on disk yet is told when it is; a reply before that says no more than one to a beat.
        if (append.Entries.Count == 0 || durableIndex.CompareTo(last) >= 0)
        {
            TellDurable(from, append.Probe);
        }
    }

    /// <summary>Appends what is new, and drops what contradicts the leader.</summary>
    /// <returns>False: too much is waiting for the disk; nothing was taken.</returns>
    private bool TakeEntries(EquatableArray<Entry> entries)
    {
        foreach (var entry in entries)
        {
            if (entry.Index.CompareTo(log.SnapshotIndex) <= 0 || log.TermAt(entry.Index) == entry.Term)
            {
                continue;
            }

            if (entry.Index.CompareTo(log.LastIndex) <= 0)
            {
                if (entry.Index.CompareTo(CommitIndex) <= 0)
                {
                    throw new InvalidOperationException($"a committed entry would be dropped: {entry.Index}");
                }

                TruncateLog(entry.Index);
            }

            if (log.LastIndex.Value - durableIndex.Value > options.UnpersistedMax)
            {
                return false;
            }

            AppendToLog(entry);
        }

        return true;
    }

    /// <summary>A beat that was held for longer than it takes to miss a leader says nothing of now, if others could elect
    /// one that is heard in time. Where everything is slow there is nobody better, and it counts.</summary>
    private bool IsLate(NodeId leader, Message.AppendEntries append) =>
        append.Held >= options.ElectionTimeoutMin && IsVoter && CanElectInTime(without: leader);

    private bool CanElectInTime(NodeId without)
    {
        var count = 0;
        foreach (var voter in Voters)
        {
            if (voter.Node == self || (voter.Node != without && IsHeardInTime(voter.Node)))
            {
                count++;
            }
        }

        return count >= Majority;
    }

    private bool FollowLeader(NodeId from, Term leaderTerm, bool isLate = false)
    {
        if (IsLeader && leaderTerm == term)
        {
            throw new InvalidOperationException($"two leaders in term {term}: {self} and {from}");
        }

        if (isLate && leaderTerm == term && Role == RaftRole.PreCandidate)
        {
            // It stands because of such beats; what they carry is taken.
            return !cluster.IsNone;
        }

        if (leaderTerm != term || Role != RaftRole.Follower || Leader != from)
        {
            BecomeFollower(leaderTerm, from);
        }

        if (!isLate)
        {
            failedCandidacies = 0;
            lastLeaderBeat = outlet.Now;
            ResetElectionDeadline(outlet.Now);
        }

        // An empty disk belongs to no cluster yet and takes no log before it does (B2).
        return !cluster.IsNone;
    }

    private void TellLeaderDurable()
    {
        if (Leader is { } leader && leader != self)
        {
            TellDurable(leader, lastProbeSeen);
        }
    }

    private void TellDurable(NodeId leader, ulong answering)
    {
        var matched = durableIndex.CompareTo(verifiedIndex) < 0 ? durableIndex : verifiedIndex;
        Say(leader, new Message.AppendEntriesReply(term, disk, true, matched, answering));
    }
}
