using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>S1: one master per term, one vote per term and disk, and terms that only grow, on disk before they are said.</summary>
internal sealed class OneMasterPerTerm : IOracle
{
    private readonly Dictionary<Term, NodeId> masters = [];
    private readonly Dictionary<(DiskId Disk, Term Term), NodeId> votes = [];
    private readonly Dictionary<DiskId, HardState> hardStates = [];

    public string Name => "S1";

    public string? See(Sighting sighting, Chronicle chronicle) =>
        sighting switch
        {
            Sighting.Done { Effect: Effect.Send send } => Said(sighting.Node, send, chronicle),
            Sighting.Done { Effect: Effect.Alarm alarm } => Led(sighting.Node, alarm.Decision.Term),
            Sighting.Stored { Write.HardState: { } state } => Stored(sighting.Node, state, chronicle),
            _ => null,
        };

    private string? Said(NodeId node, Effect.Send send, Chronicle chronicle)
    {
        var message = send.Frame.Message;
        var to = send.Link.Peer;
        if (message is Message.Relayed relayed)
        {
            if (relayed.Origin != node)
            {
                return null;
            }

            (message, to) = (relayed.Inner, relayed.Destination);
        }

        var onDisk = chronicle.Disk(node)?.HardState;
        switch (message)
        {
            case Message.AppendEntries append:
                return Led(node, append.Term) ?? Spoken(node, append.Term, onDisk);
            case Message.InstallSnapshot install:
                return Led(node, install.Term) ?? Spoken(node, install.Term, onDisk);
            case Message.Answering answering:
                return Led(node, answering.Term);
            case Message.HandlerStart start:
                return Led(node, start.Call.Term);
            case Message.RequestVote request:
                return Voted(node, request.Disk, request.Term, node)
                    ?? Spoken(node, request.Term, onDisk)
                    ?? VoteKept(node, request.Term, node, onDisk);
            case Message.RequestVoteReply { Granted: true } reply:
                return Voted(node, reply.Disk, reply.Term, to)
                    ?? Spoken(node, reply.Term, onDisk)
                    ?? VoteKept(node, reply.Term, to, onDisk);
            default:
                return null;
        }
    }

    private string? Led(NodeId node, Term term)
    {
        masters.TryAdd(term, node);
        return masters[term] == node ? null : $"{masters[term]} and {node} both act as master in term {term}";
    }

    private string? Voted(NodeId node, DiskId disk, Term term, NodeId candidate)
    {
        votes.TryAdd((disk, term), candidate);
        return votes[(disk, term)] == candidate
            ? null
            : $"{node} votes for {votes[(disk, term)]} and for {candidate} in term {term}";
    }

    private static string? Spoken(NodeId node, Term term, HardState? onDisk) =>
        onDisk?.Term.CompareTo(term) >= 0 ? null : $"{node} speaks of term {term}, but {onDisk?.Term} is on its disk";

    // A later term on disk is enough: the vote of this one can then no longer be given to another.
    private static string? VoteKept(NodeId node, Term term, NodeId candidate, HardState? onDisk) =>
        onDisk?.Term.CompareTo(term) > 0 || onDisk?.Vote?.Node == candidate
            ? null
            : $"{node} gives its vote of term {term} to {candidate} before the vote is on its disk";

    private string? Stored(NodeId node, HardState state, Chronicle chronicle)
    {
        if (chronicle.Disk(node) is not { } disk)
        {
            return null;
        }

        var before = hardStates.GetValueOrDefault(disk.Disk);
        hardStates[disk.Disk] = state;
        if (before is null)
        {
            return null;
        }

        if (state.Term.CompareTo(before.Term) < 0)
        {
            return $"{node} goes back from term {before.Term} to {state.Term}";
        }

        if (!before.Cluster.IsNone && before.Cluster != state.Cluster)
        {
            return $"the disk of {node} goes over from cluster {before.Cluster} to {state.Cluster}";
        }

        return state.Term == before.Term && before.Vote is { } vote && state.Vote != vote
            ? $"{node} changes its vote of term {state.Term} from {vote.Node} to {state.Vote?.Node}"
            : null;
    }
}
