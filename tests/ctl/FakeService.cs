using System.Threading.Channels;
using ClusterRas.Wire.V1;
using Grpc.Core;

namespace ClusterRas.Ctl.Tests;

internal sealed class FakeService(FakeNode node) : Cluster.ClusterBase
{
    public override async Task<Wire.V1.Status> GetStatus(GetStatusRequest request, ServerCallContext context)
    {
        if (node.IsFrozen)
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }

        return node.Status;
    }

    public override Task<ListIncidentsReply> ListIncidents(ListIncidentsRequest request, ServerCallContext context)
    {
        node.Requests.Add(request);
        var found = node
            .Incidents.Where(incident => !request.HasState || incident.State == request.State)
            .Where(incident => request.VictimNodeName is "" || incident.VictimNodeName == request.VictimNodeName)
            .Where(incident => request.Before == 0 || incident.Id < request.Before)
            .ToList();
        var reply = new ListIncidentsReply { More = found.Count > request.Count };
        reply.Incidents.AddRange(found.Take((int)request.Count));
        if (node.ListAgeMs is { } age)
        {
            reply.AgeMs = age;
        }

        return Task.FromResult(reply);
    }

    public override Task<Incident> GetIncident(GetIncidentRequest request, ServerCallContext context) =>
        Task.FromResult(
            node.Incidents.Find(incident => incident.Id == request.Id)
                ?? throw new RpcException(new Grpc.Core.Status(StatusCode.NotFound, $"no incident {request.Id}"))
        );

    public override Task<CloseIncidentReply> CloseIncident(CloseIncidentRequest request, ServerCallContext context)
    {
        node.Requests.Add(request);
        return Task.FromResult(new CloseIncidentReply { Incident = node.OnClose(request) });
    }

    public override Task<GetTopologyReply> GetTopology(GetTopologyRequest request, ServerCallContext context) =>
        node.Topology is { } text
            ? Task.FromResult(new GetTopologyReply { Text = text, MapVersion = node.Status.MapVersion })
            : throw new RpcException(new Grpc.Core.Status(StatusCode.Unimplemented, ""));

    public override Task<ApplyTopologyReply> ApplyTopology(ApplyTopologyRequest request, ServerCallContext context)
    {
        node.Requests.Add(request);
        return Task.FromResult(node.OnApply(request));
    }

    public override Task<DrillReply> Drill(DrillRequest request, ServerCallContext context)
    {
        node.Requests.Add(request);
        return Task.FromResult(node.OnDrill(request));
    }

    public override Task<TransferReply> Transfer(TransferRequest request, ServerCallContext context)
    {
        node.Requests.Add(request);
        return Task.FromResult(node.OnTransfer(request));
    }

    public override Task<MuteReply> Mute(MuteRequest request, ServerCallContext context)
    {
        node.Requests.Add(request);
        return Task.FromResult(node.OnMute(request));
    }

    public override Task<UnmuteReply> Unmute(UnmuteRequest request, ServerCallContext context)
    {
        node.Requests.Add(request);
        return Task.FromResult(new UnmuteReply());
    }

    public override Task<ListMutesReply> ListMutes(ListMutesRequest request, ServerCallContext context) =>
        Task.FromResult(node.Mutes);

    public override Task<DrainReply> Drain(DrainRequest request, ServerCallContext context)
    {
        node.Requests.Add(request);
        return Task.FromResult(node.OnDrain(request));
    }

    public override Task<ListActsReply> ListActs(ListActsRequest request, ServerCallContext context)
    {
        node.Requests.Add(request);
        var reply = new ListActsReply { AgeMs = 12 };
        reply.Acts.AddRange(node.Acts);
        return Task.FromResult(reply);
    }

    public override Task<Survivor> GetSurvivor(GetSurvivorRequest request, ServerCallContext context) =>
        Task.FromResult(node.Survivor);

    public override Task<PlanRecoveryReply> PlanRecovery(PlanRecoveryRequest request, ServerCallContext context) =>
        Task.FromResult(node.OnPlan(request));

    public override Task<RecoverReply> Recover(RecoverRequest request, ServerCallContext context)
    {
        node.Requests.Add(request);
        return Task.FromResult(node.OnRecover(request));
    }

    public override async Task Watch(
        WatchRequest request,
        IServerStreamWriter<WatchUpdate> responseStream,
        ServerCallContext context
    )
    {
        using var dying = node.Dead.Register(() => context.GetHttpContext().Abort());
        var updates = Channel.CreateUnbounded<WatchUpdate>();
        await node.Watches.Writer.WriteAsync(updates.Writer);
        await foreach (var update in updates.Reader.ReadAllAsync(context.CancellationToken))
        {
            await responseStream.WriteAsync(update);
        }
    }
}
