using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport;
using Grpc.Core;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Node.Services;

/// <summary>What operators and consoles see and may do; every node answers from its own log.</summary>
internal sealed class ClusterService(
    StatusFeed feed,
    StatusView view,
    CurrentMap map,
    MapDoor maps,
    WishDesk wishes,
    Handover handover,
    Drain drain,
    RecoveryDoor recovery,
    MuteDoor mutes,
    WordDesk words,
    Action<Input> post
) : V1.Cluster.ClusterBase
{
    private const int IncidentsDefault = 100;
    private const int IncidentsMax = 1000;
    private const int ActsDefault = 100;
    private const int ByCharsMax = 128;
    private static readonly TimeSpan HandoverWithin = TimeSpan.FromSeconds(4);

    // A handover, a seat for another one, and the removal.
    private static readonly TimeSpan DrainWithin = TimeSpan.FromSeconds(12);

    /// <inheritdoc />
    public override async Task<V1.Status> GetStatus(V1.GetStatusRequest request, ServerCallContext context) =>
        view.Of(await feed.ReadAsync().ConfigureAwait(false));

    /// <inheritdoc />
    public override async Task<V1.ListIncidentsReply> ListIncidents(
        V1.ListIncidentsRequest request,
        ServerCallContext context
    )
    {
        var status = await feed.ReadAsync().ConfigureAwait(false);
        NodeId? victim = request.VictimNodeName.Length == 0 ? null : AnyNode(request.VictimNodeName);
        var count = request.Count == 0 ? IncidentsDefault : (int)Math.Min(request.Count, IncidentsMax);
        var wanted = status
            .Book.Incidents.Values.Reverse()
            .Where(incident =>
                (!request.HasState || incident.IsOpen == (request.State == V1.IncidentState.Open))
                && (victim is null || incident.Victim == victim)
                && (request.Before == 0 || (ulong)incident.Id.Index.Value < request.Before)
            )
            .Take(count + 1)
            .ToList();
        var reply = new V1.ListIncidentsReply { More = wanted.Count > count };
        if (status.MasterHeardAgo is { } age)
        {
            reply.AgeMs = (ulong)Math.Max(0, age.TotalMilliseconds);
        }

        reply.Incidents.AddRange(wanted.Take(count).Select(view.Of));
        return reply;
    }

    /// <inheritdoc />
    public override async Task<V1.Incident> GetIncident(V1.GetIncidentRequest request, ServerCallContext context) =>
        view.Of(await FindAsync(request.Id).ConfigureAwait(false));

    /// <inheritdoc />
    public override async Task<V1.CloseIncidentReply> CloseIncident(
        V1.CloseIncidentRequest request,
        ServerCallContext context
    )
    {
        var incident = await FindAsync(request.Id).ConfigureAwait(false);
        var by = By(request.By);
        var refusal = await wishes
            .AskAsync(new EntryPayload.Closed(incident.Id, CloseReason.Operator, by), post, context.CancellationToken)
            .ConfigureAwait(false);
        if (refusal.Length > 0)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, refusal));
        }

        return new V1.CloseIncidentReply { Incident = view.Of(await FindAsync(request.Id).ConfigureAwait(false)) };
    }

    /// <inheritdoc />
    public override async Task<V1.DrillReply> Drill(V1.DrillRequest request, ServerCallContext context)
    {
        var victim = Node(request.VictimNodeName);
        var kind = EventsService.Kind(request.Kind);
        var windowMs = EventsService.Window(request.HasWindowMs, request.WindowMs);
        var ending = await words
            .SayAsync(
                kind,
                ReportDoor.Drill,
                victim.Id,
                null,
                null,
                windowMs,
                null,
                DetailView.Text(request.Text),
                context.CancellationToken
            )
            .ConfigureAwait(false);
        var reply = new V1.DrillReply();
        if (ending.Answer is { } answer)
        {
            reply.Verdict = (V1.Verdict)answer.Verdict;
            reply.Result = answer.Result;
            if (answer.Incident is { } incident)
            {
                reply.Incident = (ulong)incident.Index.Value;
            }
        }

        if (ending.LeftMs is { } left)
        {
            reply.WindowLeftMs = (ulong)left;
        }

        return reply;
    }

    /// <inheritdoc />
    public override async Task<V1.TransferReply> Transfer(V1.TransferRequest request, ServerCallContext context)
    {
        var to = request.ToNodeName.Length == 0 ? null : Node(request.ToNodeName);
        var (refusal, after) = await handover
            .MoveAsync(to?.Id, Signed(request.By, request.Why), HandoverWithin, context.CancellationToken)
            .ConfigureAwait(false);
        if (refusal.Length > 0)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, refusal));
        }

        return new V1.TransferReply
        {
            MasterNodeName = after.Master is { } master ? view.Name(master) : "",
            Term = (ulong)after.Term.Value,
        };
    }

    /// <inheritdoc />
    public override async Task<V1.DrainReply> Drain(V1.DrainRequest request, ServerCallContext context)
    {
        var node = Node(request.NodeName);
        var (refusal, after) = await drain
            .AskAsync(node.Id, request.Off, Signed(request.By, request.Why), DrainWithin, context.CancellationToken)
            .ConfigureAwait(false);
        if (refusal.Length > 0)
        {
            throw new RpcException(new Status(StatusCode.FailedPrecondition, refusal));
        }

        var reply = new V1.DrainReply
        {
            MasterNodeName = after.Master is { } master ? view.Name(master) : "",
            Term = (ulong)after.Term.Value,
        };
        reply.VoterNodeNames.AddRange(
            after.Voters.Select(voter => view.Name(voter.Node)).Order(StringComparer.Ordinal)
        );
        return reply;
    }

    /// <inheritdoc />
    public override Task<V1.MuteReply> Mute(V1.MuteRequest request, ServerCallContext context)
    {
        var mute = request.Mute ?? new V1.Mute();
        NodeId? node = mute.NodeName.Length == 0 ? null : Node(mute.NodeName).Id;
        return mutes.MuteAsync(node, mute, Signed(mute.By, mute.Why), context.CancellationToken);
    }

    /// <inheritdoc />
    public override Task<V1.UnmuteReply> Unmute(V1.UnmuteRequest request, ServerCallContext context) =>
        mutes.UnmuteAsync(request.Id, Signed(request.By, request.Why), context.CancellationToken);

    /// <inheritdoc />
    public override Task<V1.ListMutesReply> ListMutes(V1.ListMutesRequest request, ServerCallContext context) =>
        mutes.ListAsync(context.CancellationToken);

    /// <inheritdoc />
    public override async Task<V1.ListActsReply> ListActs(V1.ListActsRequest request, ServerCallContext context)
    {
        var status = await feed.ReadAsync().ConfigureAwait(false);
        var count = request.Count == 0 ? ActsDefault : (int)Math.Min(request.Count, AuditRecord.ActsMax);
        var reply = new V1.ListActsReply();
        if (status.MasterHeardAgo is { } age)
        {
            reply.AgeMs = (ulong)Math.Max(0, age.TotalMilliseconds);
        }

        reply.Acts.AddRange(status.Book.Audit.Acts.Reverse().Take(count).Select(act => ActView.Of(act, view)));
        return reply;
    }

    /// <inheritdoc />
    public override Task<V1.Survivor> GetSurvivor(V1.GetSurvivorRequest request, ServerCallContext context) =>
        recovery.SurvivorAsync();

    /// <inheritdoc />
    public override Task<V1.PlanRecoveryReply> PlanRecovery(
        V1.PlanRecoveryRequest request,
        ServerCallContext context
    ) => Task.FromResult(recovery.Plan(request));

    /// <inheritdoc />
    public override Task<V1.RecoverReply> Recover(V1.RecoverRequest request, ServerCallContext context) =>
        recovery.RecoverAsync(request, Signed(request.By, request.Why), context.CancellationToken);

    public override Task<V1.GetTopologyReply> GetTopology(V1.GetTopologyRequest request, ServerCallContext context) =>
        maps.ReadAsync();

    /// <inheritdoc />
    public override Task<V1.ApplyTopologyReply> ApplyTopology(
        V1.ApplyTopologyRequest request,
        ServerCallContext context
    ) => maps.ApplyAsync(request, Signed(request.By, request.Why), context.CancellationToken);

    /// <inheritdoc />
    public override async Task Watch(
        V1.WatchRequest request,
        IServerStreamWriter<V1.WatchUpdate> responseStream,
        ServerCallContext context
    )
    {
        var watcher = new Watcher(view, (int)Math.Min(request.ClosedIncidents, IncidentsMax));
        await foreach (var status in feed.WatchAsync(context.CancellationToken).ConfigureAwait(false))
        {
            foreach (var update in watcher.Changes(status))
            {
                await responseStream.WriteAsync(update).ConfigureAwait(false);
            }
        }
    }

    private static Warrant Signed(string by, string why) =>
        new(By(by), Why(why), DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

    private static string By(string given) => given.Length is > 0 and <= ByCharsMax ? given : "operator";

    private static string Why(string given) =>
        given.Length <= CodecLimits.TextLengthMax ? given : given[..CodecLimits.TextLengthMax];

    /// <summary>Also a node that only an earlier map had: what happened to it stays.</summary>
    private NodeId AnyNode(string name) => map.Find(name) ?? Node(name).Id;

    private async Task<Incident> FindAsync(ulong id)
    {
        var status = await feed.ReadAsync().ConfigureAwait(false);
        return status.Book.Incidents.GetValueOrDefault(new IncidentId(new LogIndex((long)id)))
            ?? throw new RpcException(new Status(StatusCode.NotFound, $"no incident {id} on this node"));
    }

    private TopologyNode Node(string name) =>
        map.Topology.FindNode(name)
        ?? throw new RpcException(
            new Status(
                StatusCode.NotFound,
                $"no node \"{name}\" in the topology; expected one of: {string.Join(", ", map.Topology.Nodes.Select(node => node.Name))}"
            )
        );
}
