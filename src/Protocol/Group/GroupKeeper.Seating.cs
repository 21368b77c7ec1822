using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

internal sealed partial class GroupKeeper
{
    /// <summary>As many seats as give most safety for their price.</summary>
    private const int SeatsMax = 5;

    private readonly Queue<(Instant At, LogIndex Index)> marks = new();

    /// <summary>G6: five, else the largest odd number of live nodes, and two when two are left. Who is to stop or to leave does not count.</summary>
    private int SeatsWanted
    {
        get
        {
            var live = map.Topology.Nodes.Count(node => IsLiveNode(node.Id) && !IsLeaving(node.Id));
            return live >= SeatsMax ? SeatsMax
                : live % 2 == 0 && live != 2 ? live - 1
                : live;
        }
    }

    /// <summary>Seats of those who are not to stop or to leave, dead ones too: silence alone takes no seat.</summary>
    private int SeatsKept => raft.Voters.Count(voter => !IsLeaving(voter.Node));

    private void TrySeat()
    {
        var isFull = SeatsKept is var kept && (kept >= SeatsMax || kept >= SeatsWanted);
        if (isFull && !MayExchange)
        {
            return;
        }

        // The seeded nodes first: where they are up, the group is the one that people know.
        var candidates = map.Topology.ControlGroup.Concat(map.Topology.Nodes.Select(node => node.Id)).Distinct();
        foreach (var node in candidates)
        {
            if ((!isFull || map.Topology.IsControl(node)) && MaySit(node) is { } seat)
            {
                Change(new([.. raft.Voters, seat]), seat, GroupCause.Seated, null);
                return;
            }
        }
    }

    /// <summary>G8: a control list that was applied is a wish, beyond the seed that it is at first. Where the group has its aim, and
    /// all of it is sound, a node of the list is seated beside it, and a voter that is not in the list yields.</summary>
    private bool MayExchange =>
        map.Version > 0
        && SeatsKept == SeatsWanted
        && raft.Voters.Count == SeatsKept
        && raft.Voters.All(IsSound)
        && raft.Voters.Any(voter => !map.Topology.IsControl(voter.Node));

    /// <summary>G8, the second step: one more seat than is wanted, all of them sound, and the list does not have this node.</summary>
    /// <remarks>From an even number of live voters to an odd one: as many may be lost afterwards as before.</remarks>
    private bool IsToYield(Voter voter) =>
        map.Version > 0
        && !map.Topology.IsControl(voter.Node)
        && raft.Voters.Count == SeatsWanted + 1
        && raft.Voters.Count % 2 == 0
        && raft.Voters.All(IsSound)
        && IsLastOutside(voter);

    // The highest id goes first, as the lowest are seeded first; and one at a time.
    private bool IsLastOutside(Voter voter) =>
        !raft.Voters.Any(other => other.Node.CompareTo(voter.Node) > 0 && !map.Topology.IsControl(other.Node));

    private bool IsSound(Voter voter) =>
        raft.IsLive(voter) && !IsToLeave(voter.Node) && !HasOpenIncident(Appended(), voter.Node);

    /// <summary>G4; null: the node may not be seated now.</summary>
    private Voter? MaySit(NodeId node)
    {
        if (
            SeatOf(node) is not null
            || raft.AnsweringDisk(node) is not { } disk
            || Appended().Group.IsLost(new Voter(node, disk))
            || raft.HasGoneBack(node)
            || IsToLeave(node)
            || !IsHeard(node)
            || HasOpenIncident(Book(), node)
            || HasOpenIncident(Appended(), node)
            || !IsCaughtUp(node)
        )
        {
            return null;
        }

        // G6: no step, of whatever cause, leaves fewer live voters than a majority.
        var live = raft.Voters.Count(raft.IsLive) + 1;
        return live >= ((raft.Voters.Count + 1) / 2) + 1 ? new Voter(node, disk) : null;
    }

    /// <summary>What is on its disk reached the commit index within the least election timeout.</summary>
    private bool IsCaughtUp(NodeId node) => marks.TryPeek(out var mark) && raft.HasFsynced(node, mark.Index);

    /// <summary>Keeps the commit index of up to the least election timeout ago; the oldest is what followers are measured by.</summary>
    private void NoteCommitIndex()
    {
        while (marks.TryPeek(out var oldest) && outlet.Now - oldest.At > options.ElectionTimeoutMin - options.BeatEvery)
        {
            marks.Dequeue();
        }

        marks.Enqueue((outlet.Now, raft.CommitIndex));
    }

    private static bool HasOpenIncident(IncidentBook book, NodeId node) =>
        book.Incidents.Values.Any(incident => incident.IsOpen && incident.Victim == node);

    private bool IsLiveNode(NodeId node) =>
        SeatOf(node) is { } seat
            ? raft.IsLive(seat)
            : raft.AnsweringDisk(node) is not null && IsHeard(node) && Appended().OpenFatal(node) is null;

    private bool HasSuccessor(NodeId node) =>
        map.Topology.Nodes.Any(other =>
            other.Id != node && SeatOf(other.Id) is null && !IsToLeave(other.Id) && IsLiveNode(other.Id)
        );
}
