using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>
/// S1 and S2, by the rules that keep them: votes go to logs that are as new as the voter's, a master has a majority of
/// them in its own term, and it calls committed what its own term has appended, and with that all before it.
/// </summary>
/// <remarks>Two masters are seldom seen, and a lost entry more seldom; who may become one is seen in each election.</remarks>
internal sealed class ElectionRules : IOracle
{
    private readonly Dictionary<(NodeId Candidate, Term Term), (Term LastTerm, LogIndex LastIndex)> asked = [];
    private readonly HashSet<(NodeId Voter, int Run, Term Term)> voted = [];
    private readonly Dictionary<(NodeId Candidate, int Run, Term Term), HashSet<Voter>> votes = [];
    private readonly HashSet<(NodeId Master, int Run, Term Term)> elected = [];
    private readonly Dictionary<NodeId, (int Run, Term Term)> leads = [];
    private readonly Dictionary<(NodeId Node, int Run), Term> terms = [];

    public string Name => "S1";

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        switch (sighting)
        {
            case Sighting.Decided { Effect: Effect.Send send }:
                return Said(sighting.Node, send, chronicle);
            case Sighting.Took { Input: Input.Arrived arrived }:
                Heard(sighting.Node, arrived, chronicle);
                return null;
            case Sighting.Decided { Effect: Effect.Persist { Write.HardState: { } state } }:
                terms[(sighting.Node, chronicle.Run(sighting.Node))] = state.Term;
                if (leads.TryGetValue(sighting.Node, out var lead) && lead.Term != state.Term)
                {
                    leads.Remove(sighting.Node);
                }

                return Voted(sighting.Node, state, chronicle);
            case Sighting.Decided { Effect: Effect.Committed committed }:
                return Committed(sighting.Node, committed, chronicle);
            default:
                return null;
        }
    }

    private string? Said(NodeId node, Effect.Send send, Chronicle chronicle)
    {
        var message = send.Frame.Message;
        if (message is Message.Relayed relayed)
        {
            if (relayed.Origin != node)
            {
                return null;
            }

            message = relayed.Inner;
        }

        switch (message)
        {
            case Message.RequestVote request:
                asked[(node, request.Term)] = (request.LastTerm, request.LastIndex);
                return null;
            case Message.AppendEntries append:
                return Leads(node, append.Term, chronicle);
            case Message.InstallSnapshot install:
                return Leads(node, install.Term, chronicle);
            default:
                return null;
        }
    }

    // When it is decided: by the time that the candidate is told, its own entries may have come.
    private string? Voted(NodeId voter, HardState state, Chronicle chronicle)
    {
        if (
            state.Vote is not { } vote
            || vote.Node == voter
            || !voted.Add((voter, chronicle.Run(voter), state.Term))
            || chronicle.Disk(voter) is not { } disk
            || disk.HardState.Vote == vote && disk.HardState.Term == state.Term
            || !asked.TryGetValue((vote.Node, state.Term), out var log)
        )
        {
            return null;
        }

        var byTerm = log.LastTerm.CompareTo(disk.LastTerm);
        return byTerm > 0 || (byTerm == 0 && log.LastIndex.CompareTo(disk.LastIndex) >= 0)
            ? null
            : $"{voter} gives its vote of term {state.Term} to {vote.Node}, whose log ends at {log.LastIndex} of term {log.LastTerm}, and its own at {disk.LastIndex} of term {disk.LastTerm}";
    }

    private void Heard(NodeId node, Input.Arrived arrived, Chronicle chronicle)
    {
        var (message, from) = (arrived.Frame.Message, arrived.Link.Peer);
        if (message is Message.Relayed relayed)
        {
            if (relayed.Destination != node)
            {
                return;
            }

            (message, from) = (relayed.Inner, relayed.Origin);
        }

        if (message is Message.AppendEntries or Message.InstallSnapshot)
        {
            // It follows, unless it refuses: what it commits by this word is the other's to answer for.
            leads.Remove(node);
        }
        else if (message is Message.RequestVoteReply { Granted: true } reply)
        {
            var key = (node, chronicle.Run(node), reply.Term);
            if (!votes.TryGetValue(key, out var given))
            {
                votes.Add(key, given = []);
            }

            given.Add(new Voter(from, reply.Disk));
        }
    }

    private string? Leads(NodeId node, Term term, Chronicle chronicle)
    {
        var run = chronicle.Run(node);
        if (terms.TryGetValue((node, run), out var current) && term.CompareTo(current) < 0)
        {
            // Said when it was master, and said again by its links: what it commits now is of another term.
            return null;
        }

        leads[node] = (run, term);
        if (!elected.Add((node, run, term)))
        {
            return null;
        }

        var group = chronicle.Groups.Of(node);
        var given = votes.GetValueOrDefault((node, run, term)) ?? [];
        var count = group.Count(voter => given.Contains(voter) || IsOwn(voter, node, chronicle));
        return group.Count == 0 || count > group.Count / 2
            ? null
            : $"{node} acts as master in term {term} with the votes of {count} of {group.Count}";
    }

    private static bool IsOwn(Voter voter, NodeId node, Chronicle chronicle) =>
        voter.Node == node && chronicle.Disk(node)?.Disk == voter.Disk;

    private string? Committed(NodeId node, Effect.Committed committed, Chronicle chronicle) =>
        leads.TryGetValue(node, out var lead)
        && lead.Run == chronicle.Run(node)
        && committed.Entries is [.., var last]
        && last.Term != lead.Term
            ? $"{node}, master in term {lead.Term}, calls {last.Index} of term {last.Term} committed, and nothing of its own term with it"
            : null;
}
