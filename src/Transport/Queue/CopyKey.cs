using System.Diagnostics;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport;

/// <summary>Equal for two messages of which the later one says all that the earlier one said.</summary>
/// <remarks>Used only under overload: of two copies the earlier one is worth nothing.</remarks>
internal readonly record struct CopyKey(Type Said)
{
    private ReportId Report { get; init; }
    private long Number { get; init; }
    private ulong Nonce { get; init; }
    private string? Name { get; init; }
    private NodeId? Origin { get; init; }
    private NodeId? Destination { get; init; }

    public static CopyKey Of(Message message) =>
        message switch
        {
            Message.Reporting reporting => new(typeof(Message.Reporting)) { Report = reporting.Report.Id },
            Message.Answering answering => new(typeof(Message.Answering))
            {
                Report = answering.Report,
                Number = answering.Term.Value,
                Nonce = (ulong)answering.Verdict,
            },
            Message.Releasing releasing => new(typeof(Message.Releasing))
            {
                Report = releasing.Report,
                Nonce = (ulong)releasing.Verdict,
            },
            Message.Relayed relayed => Of(relayed.Inner) with
            {
                Origin = relayed.Origin,
                Destination = relayed.Destination,
            },
            Message.HandlerStart start => new(typeof(Message.HandlerStart))
            {
                Number = start.Call.Incident.Index.Value,
                Name = start.Call.Handler,
            },
            Message.HandlerAnswer answer => new(typeof(Message.HandlerAnswer))
            {
                Number = answer.Incident.Index.Value,
                Name = answer.Result.Handler,
            },
            Message.Asking asking => new(typeof(Message.Asking)) { Nonce = asking.Nonce },
            Message.Granting granting => new(typeof(Message.Granting)) { Nonce = granting.Nonce },
            // Of entries, what begins at the same place; beats without entries are all alike.
            Message.AppendEntries append => new(typeof(Message.AppendEntries))
            {
                Number = append.Entries.Count == 0 ? -1 : append.PreviousIndex.Value,
            },
            Message.PreVote vote => new(typeof(Message.PreVote)) { Number = vote.Term.Value },
            Message.RequestVote vote => new(typeof(Message.RequestVote)) { Number = vote.Term.Value },
            Message.PreVoteReply reply => new(typeof(Message.PreVoteReply)) { Number = reply.Term.Value },
            Message.RequestVoteReply reply => new(typeof(Message.RequestVoteReply)) { Number = reply.Term.Value },
            Message.TimeoutNow timeout => new(typeof(Message.TimeoutNow)) { Number = timeout.Term.Value },
            // The latest is the present state, and that is all the other side wants.
            Message.AppendEntriesReply
            or Message.Hello
            or Message.Refused
            or Message.Heartbeat
            or Message.LinkAck
            or Message.LifeProbe
            or Message.LifeReply
            or Message.Adopt
            or Message.Presence
            or Message.InstallSnapshot => new(message.GetType()),
            _ => throw new UnreachableException(message.GetType().Name),
        };
}
