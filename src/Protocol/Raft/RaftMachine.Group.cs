using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>What consensus itself must keep when the control group changes (protocol.md 5, 6, 7). Whether it is to change
/// is the group keeper's business.</summary>
internal sealed partial class RaftMachine
{
    private Instant? changeLeftAt;

    /// <summary>This disk of a node is lost by the committed log; set by the node machine.</summary>
    public required Func<Voter, bool> IsLost { get; init; }

    /// <summary>The node is to stop by the committed log; set by the node machine.</summary>
    public required Func<NodeId, bool> IsStopping { get; init; }

    /// <summary>The own disk says that it takes nothing; set by the node machine.</summary>
    public required Func<bool> IsDiskStalled { get; init; }

    /// <summary>The entry that the present group stands in.</summary>
    public LogIndex GroupFrom => log.GroupFrom;

    /// <summary>The group as far as it is committed.</summary>
    public EquatableArray<Voter> CommittedVoters => log.VotersAt(CommitIndex);

    /// <summary>A change that is appended and not committed; null: none.</summary>
    public EntryPayload.GroupChanged? OpenChange =>
        log.GroupFrom.CompareTo(CommitIndex) > 0 ? log[log.GroupFrom].Payload as EntryPayload.GroupChanged : null;

    /// <summary>The own disk does not lag: what must be fsynced before it is sent would hold up all that comes after it.</summary>
    public bool IsDiskPrompt =>
        !IsDiskStalled() && (stuckSince is not { } since || outlet.Now - since < options.BeatEvery);

    /// <summary>The open change has had its time since it could leave, and is to be undone (G2).</summary>
    /// <remarks>Before it is on the own disk nobody has been told of it, and an undo would not be sent either.</remarks>
    public bool IsChangeOverdue =>
        OpenChange is { Cause: not GroupCause.Undone }
        && changeLeftAt is { } at
        && outlet.Now - at >= options.ElectionTimeoutMin;

    /// <summary>Appends a change of the group as leader (G1, G2).</summary>
    /// <returns>False: it may not be changed now; nothing happened.</returns>
    public bool ChangeGroup(EquatableArray<Voter> voters, Voter changed, GroupCause cause, IncidentId? incident = null)
    {
        var mayChange = IsReady && (OpenChange is null || (cause == GroupCause.Undone && IsChangeOverdue));
        if (!mayChange || !Propose(new EntryPayload.GroupChanged(voters, changed, cause, incident)))
        {
            return false;
        }

        changeLeftAt = null;
        return true;
    }

    /// <summary>Who is to have the log from now on, beside the voters: every node that there is a link to.</summary>
    public void Follow(EquatableArray<NodeId> others)
    {
        nodes = others;
        if (IsLeader)
        {
            foreach (var node in progress.Keys.ToArray())
            {
                if (!nodes.Contains(node) && !IsVoterNode(node))
                {
                    progress.Remove(node);
                }
            }

            FollowAll();
        }
    }

    // Voters have it in any case: the log says who they are, and it may be ahead of the map or behind.
    private void FollowAll()
    {
        foreach (var node in nodes.Concat(Voters.Select(voter => voter.Node)))
        {
            if (node != self && !progress.ContainsKey(node))
            {
                progress[node] = new Progress { Next = log.LastIndex.Next, RepliedAt = outlet.Now };
            }
        }
    }

    /// <summary>With this very disk it has answered a beat that went out within the last three.</summary>
    public bool IsLive(Voter voter) =>
        voter.Node == self
            ? voter.Disk == disk
            : progress.TryGetValue(voter.Node, out var peer)
                && peer.Holds(voter)
                && peer.AnsweredBeatOf is { } at
                && outlet.Now - at <= options.BeatEvery * 3;

    /// <summary>A majority has answered a beat of this term that left after then: nobody led a later term then, so what this log lacks
    /// was not committed then.</summary>
    public bool HasLedAt(Instant then)
    {
        var answered = 0;
        foreach (var voter in Voters)
        {
            if (
                voter.Node == self
                    ? voter.Disk == disk
                    : progress.TryGetValue(voter.Node, out var peer) && peer.Holds(voter) && peer.AnsweredBeatOf > then
            )
            {
                answered++;
            }
        }

        return IsReady && answered >= Majority;
    }

    /// <summary>The disk with which a node answers in this term; null: it does not answer.</summary>
    /// <remarks>Without a seat a node is beaten by the rhythm of heartbeats, so three beats would be too short here.</remarks>
    public DiskId? AnsweringDisk(NodeId node) =>
        node == self ? disk
        : progress.TryGetValue(node, out var peer)
        && peer.AnsweredBeatOf is { } at
        && outlet.Now - at <= options.ElectionTimeoutMin + options.BeatEvery
            ? peer.Disk
        : null;

    /// <summary>Its disk went back in this term (B5).</summary>
    public bool HasGoneBack(NodeId node) => progress.TryGetValue(node, out var peer) && peer.WentBack;

    /// <summary>A node has fsynced the log up to here (G4).</summary>
    public bool HasFsynced(NodeId node, LogIndex upTo) =>
        progress.TryGetValue(node, out var peer) && peer.Match.CompareTo(upTo) >= 0;

    /// <summary>In a group of two nothing can be committed before the other is heard or removed; only a leader can do that.</summary>
    private bool KnowsOtherOfTwoDies
    {
        get
        {
            if (Voters.Count != 2)
            {
                return false;
            }

            var other = Voters[0].Node == self ? Voters[1].Node : Voters[0].Node;
            return ReportOn(other) is not null;
        }
    }

    private void NoteDurableChange(LogIndex before)
    {
        if (IsLeader && log.GroupFrom.CompareTo(before) > 0 && log.GroupFrom.CompareTo(durableIndex) <= 0)
        {
            changeLeftAt = outlet.Now;
        }
    }

    /// <summary>How many entries from an index on may be sent to a node now.</summary>
    /// <remarks>A change is on the own disk before it leaves. And a removal is not sent to whom it removes before it is
    /// committed: he would hold the longest log and not stand, and the others would need his vote (G1). A removal after which
    /// he has a seat again, since it was undone, is sent to him together with what gives it back.</remarks>
    private int BatchFor(NodeId to, LogIndex from)
    {
        var groups = log.Groups;
        var first = groups.Count;
        while (first > 1 && groups[first - 1].From.CompareTo(LeastSure) > 0)
        {
            first--;
        }

        var last = LastToLeave;
        var end = Math.Min(last.Value, from.Value + options.EntriesPerAppendMax - 1);
        for (var at = first; at < groups.Count && groups[at].From.Value <= end; at++)
        {
            var isRemoval = Seats(groups[at - 1].Voters, to) && !Seats(groups[at].Voters, to);
            if (isRemoval && groups[at].From.CompareTo(from) >= 0 && groups[at].From.CompareTo(CommitIndex) > 0)
            {
                // Where both do not fit behind what comes before, the next batch begins with the removal (S12).
                var isWhole = SeatedAgain(to, at, last) is { } again && (again.Value <= end || groups[at].From == from);
                end = isWhole ? Math.Max(end, SeatedAgain(to, at, last)!.Value.Value) : groups[at].From.Value - 1;
            }
        }

        return (int)Math.Max(0, end - from.Value + 1);
    }

    /// <summary>Up to here the log may be sent: before the first change that is not on the own disk.</summary>
    private LogIndex LastToLeave
    {
        get
        {
            var groups = log.Groups;
            var last = log.LastIndex;
            for (var at = groups.Count - 1; at >= 1 && groups[at].From.CompareTo(durableIndex) > 0; at--)
            {
                last = groups[at].From.Previous;
            }

            return last;
        }
    }

    private LogIndex? SeatedAgain(NodeId node, int after, LogIndex last)
    {
        for (var at = after + 1; at < log.Groups.Count && log.Groups[at].From.CompareTo(last) <= 0; at++)
        {
            if (Seats(log.Groups[at].Voters, node))
            {
                return log.Groups[at].From;
            }
        }

        return null;
    }

    /// <summary>Up to here the log is both committed and on the own disk.</summary>
    private LogIndex LeastSure => CommitIndex.CompareTo(durableIndex) < 0 ? CommitIndex : durableIndex;

    private static bool Seats(EquatableArray<Voter> voters, NodeId node)
    {
        foreach (var voter in voters)
        {
            if (voter.Node == node)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>B5: less on its disk than was known when the request left. No order of arrival explains that.</summary>
    /// <remarks>A request builds on no less than what is known, so whoever takes it has that much on disk; and whoever refuses
    /// one that builds on just that has lost it.</remarks>
    private void NoteIfWentBack(NodeId from, Progress peer, Message.AppendEntriesReply reply)
    {
        if (
            peer.TakeProbe(reply.Probe) is { } asked
            && !peer.WentBack
            && reply.Matched.CompareTo(asked.Known) < 0
            && (reply.Accepted || asked.Previous == asked.Known)
        )
        {
            outlet.Note(new Fact.DiskWentBack(from, asked.Known, reply.Matched));
            peer.WentBack = true;
            peer.Match = default;
            peer.Next = reply.Matched.Next;
        }
    }
}
