using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>Decides as ready master who leaves the control group and who is seated (protocol.md 6 and B4).</summary>
/// <remarks>One change at a time, whatever its cause; each is appended only under its rule's exact conditions. This file
/// takes seats away; giving them is in Seating.</remarks>
internal sealed partial class GroupKeeper(
    NodeId self,
    MapInForce map,
    ProtocolOptions options,
    Outlet outlet,
    RaftMachine raft
)
{
    /// <summary>Presence comes each two seconds.</summary>
    private static readonly TimeSpan PresenceLasts = TimeSpan.FromSeconds(4);

    private static readonly TimeSpan HandOverEvery = TimeSpan.FromSeconds(5);

    private readonly SortedDictionary<NodeId, (DiskId Disk, Instant At)> present = [];
    private readonly SortedDictionary<NodeId, (string Reason, Instant Since, bool IsTold)> waits = [];
    private Instant nextReview;
    private Instant nextHandOver;

    /// <summary>The committed book.</summary>
    public required Func<IncidentBook> Book { get; init; }

    /// <summary>The book with what this leader has appended.</summary>
    public required Func<IncidentBook> Appended { get; init; }

    /// <summary>Heard within the silence time.</summary>
    public required Func<NodeId, bool> IsHeard { get; init; }

    /// <summary>This node has listened for the whole silence time, and heard nothing of that node.</summary>
    public required Func<NodeId, bool> IsSilentHere { get; init; }

    /// <summary>The first node has listened for the whole silence time, and heard nothing of the second.</summary>
    public required Func<NodeId, NodeId, bool> IsSilentAt { get; init; }

    /// <summary>A node tells which disk it has, by itself: no other word of a lost disk counts (B4).</summary>
    public void OnPresence(NodeId node, DiskId disk) => present[node] = (disk, outlet.Now);

    /// <summary>By the rhythm of the leader's beat, at which consensus wakes anyway.</summary>
    public void Wake()
    {
        if (!raft.IsReady)
        {
            waits.Clear();
            marks.Clear();
            return;
        }

        if (outlet.Now >= nextReview)
        {
            nextReview = outlet.Now + options.BeatEvery;
            NoteCommitIndex();
            Review();
        }
    }

    /// <summary>A wish that a node stop, or stop not after all.</summary>
    /// <returns>Why it is refused; empty: appended, or so already.</returns>
    public string OnWish(EntryPayload.StopPlanned wish)
    {
        if (Appended().Lives.GetValueOrDefault(wish.Node)?.Current != wish.Life)
        {
            return $"{map.Name(wish.Node)} is not in the life {wish.Life}";
        }

        if (Appended().Group.IsStopping(wish.Node) != wish.IsOff)
        {
            return "";
        }

        if (!wish.IsOff && SeatOf(wish.Node) is { } seat && !HasSuccessor(wish.Node) && !MayGo(seat))
        {
            return "the live voters without it are no majority, and no follower can take its seat";
        }

        return raft.Propose(wish) ? "" : "the master takes no entries now";
    }

    /// <summary>The committed log shows what was wished: whoever is to stop has no seat any more.</summary>
    public bool IsTrue(EntryPayload.StopPlanned wish) =>
        wish.IsOff
            ? !Book().Group.IsStopping(wish.Node)
            : Book().Group.IsStopping(wish.Node) && !raft.CommittedVoters.Any(voter => voter.Node == wish.Node);

    private void Review()
    {
        TellLostDisks();
        if (raft.OpenChange is { } open)
        {
            if (raft.IsChangeOverdue)
            {
                Change(raft.CommittedVoters, open.Changed, GroupCause.Undone, null);
            }

            return;
        }

        if (raft.IsTransferring || !raft.IsDiskPrompt)
        {
            return;
        }

        // A live voter: transfer, add, remove (G5). Another master will do the rest. Not again at once: while it hands over,
        // a master takes no entries.
        if (IsLeaving(self) && outlet.Now >= nextHandOver && raft.TransferAway())
        {
            nextHandOver = outlet.Now + HandOverEvery;
            return;
        }

        foreach (var voter in raft.Voters)
        {
            if (voter.Node != self && TryRemove(voter))
            {
                return;
            }
        }

        TrySeat();
    }

    private bool TryRemove(Voter voter)
    {
        if (Book().Group.IsLost(voter))
        {
            return Remove(voter, GroupCause.DiskLost, null);
        }

        if (EndOf(voter.Node) is { } incident)
        {
            return NotSilent(voter.Node) is not { } reason ? Remove(voter, GroupCause.Died, incident.Id)
                : map.Has(voter.Node) ? Wait(voter.Node, reason)
                : TryStop(voter);
        }

        if (IsLeaving(voter.Node) || IsToYield(voter))
        {
            return TryStop(voter);
        }

        waits.Remove(voter.Node);
        return false;
    }

    /// <summary>It is to stop, or the map has it no more: in both cases it has no seat in the end.</summary>
    private bool IsLeaving(NodeId node) => Book().Group.IsStopping(node) || !map.Has(node);

    /// <summary>It is leaving, or will be as soon as what this leader has appended is committed: no seat is given or kept for it.</summary>
    private bool IsToLeave(NodeId node) => IsLeaving(node) || Appended().Group.IsStopping(node);

    private bool TryStop(Voter voter)
    {
        if (!raft.IsLive(voter) && NotSilent(voter.Node) is { } reason)
        {
            return Wait(voter.Node, reason);
        }

        // Add, then remove: while there is somebody to take the seat, it is kept for him.
        return SeatsKept < SeatsWanted
            ? Wait(voter.Node, "a follower is to be seated first")
            : Remove(voter, GroupCause.Stopped, null);
    }

    private bool Remove(Voter voter, GroupCause cause, IncidentId? incident) =>
        MayGo(voter)
            ? Change(new([.. raft.Voters.Where(other => other != voter)]), voter, cause, incident)
            : Wait(voter.Node, "the live voters without it are no majority of the group without it");

    /// <summary>(c) of G3, and of every other removal.</summary>
    private bool MayGo(Voter voter) =>
        raft.Voters.Count(other => other != voter && raft.IsLive(other)) >= ((raft.Voters.Count - 1) / 2) + 1;

    /// <summary>(a) of G3: an open incident in the log says that the node's present life is ending.</summary>
    /// <remarks>In a group of two appended is enough, since only the removal can commit it.</remarks>
    private Incident? EndOf(NodeId node)
    {
        var book = raft.Voters.Count == 2 ? Appended() : Book();
        return book.OpenFatal(node) is { IsTold: true } incident && IsPresentLife(book, incident) ? incident : null;
    }

    /// <summary>(b) of G3: null, or why the node is not known to be silent.</summary>
    private string? NotSilent(NodeId node)
    {
        if (!IsSilentHere(node))
        {
            return "the master still hears it";
        }

        var hasWitness = false;
        foreach (var other in raft.Voters)
        {
            if (other.Node != self && other.Node != node && raft.IsLive(other))
            {
                if (IsSilentAt(other.Node, node))
                {
                    return null;
                }

                hasWitness = true;
            }
        }

        return hasWitness ? "no other live voter has listened and heard nothing of it" : null;
    }

    /// <summary>B4 and B5: what a node itself says of its disk, by its presence or by what it acknowledges.</summary>
    private void TellLostDisks()
    {
        foreach (var voter in raft.Voters)
        {
            if (voter.Node == self || Appended().Group.IsLost(voter))
            {
                continue;
            }

            if (raft.HasGoneBack(voter.Node))
            {
                raft.Propose(new EntryPayload.DiskLost(voter.Node, voter.Disk, voter.Disk));
            }
            else if (
                present.TryGetValue(voter.Node, out var said)
                && said.Disk != voter.Disk
                && outlet.Now - said.At <= PresenceLasts
                && raft.AnsweringDisk(voter.Node) == said.Disk
            )
            {
                raft.Propose(new EntryPayload.DiskLost(voter.Node, voter.Disk, said.Disk));
            }
        }
    }

    private bool Change(EquatableArray<Voter> voters, Voter changed, GroupCause cause, IncidentId? incident)
    {
        if (!raft.ChangeGroup(voters, changed, cause, incident))
        {
            return false;
        }

        waits.Remove(changed.Node);
        outlet.Note(new Fact.GroupChanging(new EntryPayload.GroupChanged(voters, changed, cause, incident)));
        return true;
    }

    /// <summary>Tells people why nothing happens, once it has lasted longer than it takes in good order.</summary>
    private bool Wait(NodeId node, string reason)
    {
        var known = waits.GetValueOrDefault(node);
        if (known.Reason != reason)
        {
            known = (reason, outlet.Now, false);
        }

        if (!known.IsTold && outlet.Now - known.Since >= options.SilentAfter * 2)
        {
            known.IsTold = true;
            outlet.Note(new Fact.GroupChangeWaits(node, reason));
        }

        waits[node] = known;
        return false;
    }

    private Voter? SeatOf(NodeId node)
    {
        foreach (var voter in raft.Voters)
        {
            if (voter.Node == node)
            {
                return voter;
            }
        }

        return null;
    }

    private static bool IsPresentLife(IncidentBook book, Incident incident) =>
        book.Lives.GetValueOrDefault(incident.Victim) is not { } lives
        || incident.Life == lives.Current
        || (incident.Life.Boot == default && incident.Life.Tag == lives.Current.Tag);
}
