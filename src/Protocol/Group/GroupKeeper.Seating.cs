using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

internal sealed partial class GroupKeeper
{
    /// <summary>As many seats as give most safety for their price.</summary>
    private const int SeatsMax = 5;

    private readonly Queue<(Instant At, LogIndex Index)> marks = new();

    /// <summary>G6: five, else the largest odd number of live nodes, and two when two are left. Who is to stop does not count.</summary>
    private int SeatsWanted
    {
        get
        {
            var live = topology.Nodes.Count(node => IsLiveNode(node.Id) && !Book().Group.IsStopping(node.Id));
            return live >= SeatsMax ? SeatsMax
                : live % 2 == 0 && live != 2 ? live - 1
                : live;
        }
    }

    /// <summary>Seats of those who are not to stop, dead ones too: silence alone takes no seat.</summary>
    private int SeatsKept => raft.Voters.Count(voter => !Book().Group.IsStopping(voter.Node));

    private void TrySeat()
    {
        if (SeatsKept is var kept && (kept >= SeatsMax || kept >= SeatsWanted))
        {
            return;
        }

        // The seeded nodes first: where they are up, the group is the one that people know.
        var candidates = topology.ControlGroup.Concat(topology.Nodes.Select(node => node.Id)).Distinct();
        foreach (var node in candidates)
        {
            if (MaySit(node) is { } seat)
            {
                Change(new([.. raft.Voters, seat]), seat, GroupCause.Seated, null);
                return;
            }
        }
    }

    /// <summary>G4; null: the node may not be seated now.</summary>
    private Voter? MaySit(NodeId node)
    {
        if (
            SeatOf(node) is not null
            || raft.AnsweringDisk(node) is not { } disk
            || Appended().Group.IsLost(new Voter(node, disk))
            || raft.HasGoneBack(node)
            || Book().Group.IsStopping(node)
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
        topology.Nodes.Any(other => other.Id != node && SeatOf(other.Id) is null && IsLiveNode(other.Id));
}
