using System.Globalization;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using Grpc.Core;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Node.Services;

/// <summary>The way out after a lost majority: operators look, and order what they have seen.</summary>
internal sealed class RecoveryDoor(
    StatusFeed feed,
    StatusView view,
    CurrentMap map,
    WishDesk wishes,
    Action<Input> post
)
{
    /// <summary>One fsync and an election by oneself; a disk that takes longer than this is no basis for a cluster.</summary>
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(10);

    /// <summary>What this node has left.</summary>
    public async Task<V1.Survivor> SurvivorAsync()
    {
        var state = await feed.ReadSurvivorAsync().ConfigureAwait(false);
        return SurvivorView.Of(state, view.Name(state.Node));
    }

    /// <summary>Who would go on, from what is given.</summary>
    public V1.PlanRecoveryReply Plan(V1.PlanRecoveryRequest request)
    {
        var (said, lost) = Read(request);
        var (plan, problems) = RecoveryPlan.Draw(map.Topology, said, lost);
        var reply = new V1.PlanRecoveryReply();
        reply.Problems.AddRange(problems);
        if (plan is not null)
        {
            reply.Epoch = (ulong)plan.Epoch;
            reply.ChosenNodeName = view.Name(plan.Chosen.Node);
            reply.LostNodeNames.AddRange(plan.Lost.Select(voter => view.Name(voter.Node)));
            reply.Confirmation = plan.Confirmation;
        }

        return reply;
    }

    /// <summary>Has this very node go on alone, if the plan is still the one that was confirmed.</summary>
    public async Task<V1.RecoverReply> RecoverAsync(V1.RecoverRequest request, Warrant warrant, CancellationToken stop)
    {
        if (!request.Fenced)
        {
            throw Refused("nothing is done before somebody says that the lost nodes are fenced");
        }

        var (said, lost) = Read(request.Plan ?? new V1.PlanRecoveryRequest());
        var order = new RecoveryOrder(said, lost, request.Confirmation, warrant);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(Within);
        string refusal;
        try
        {
            refusal = await wishes
                .AskAsync(nonce => new Input.RecoveryOrdered(nonce, order), post, over.Token)
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw Refused(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the order is taken, and not on the disk after {Within.TotalSeconds} s; it may still come: see rasctl audit"
                )
            );
        }

        if (refusal.Length > 0)
        {
            throw Refused(refusal);
        }

        var after = await feed.ReadAsync().ConfigureAwait(false);
        return new V1.RecoverReply
        {
            MasterNodeName = after.Master is { } master ? view.Name(master) : "",
            Term = (ulong)after.Term.Value,
        };
    }

    private (EquatableArray<SurvivorState> Said, EquatableArray<NodeId> Lost) Read(V1.PlanRecoveryRequest request)
    {
        if (request.Survivors.Count > Limits.NodeCountMax || request.LostNodeNames.Count > Limits.NodeCountMax)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, "more nodes than a cluster may have"));
        }

        var unknown = request.LostNodeNames.Where(name => map.Find(name) is null).ToArray();
        if (unknown.Length > 0)
        {
            throw new RpcException(
                new Status(
                    StatusCode.NotFound,
                    $"not in the topology: {string.Join(", ", unknown)}; it has {string.Join(", ", map.Topology.Nodes.Select(node => node.Name))}"
                )
            );
        }

        return (
            new([.. request.Survivors.Select(SurvivorView.Read)]),
            new([.. request.LostNodeNames.Select(name => map.Find(name)!.Value)])
        );
    }

    private static RpcException Refused(string why) => new(new Status(StatusCode.FailedPrecondition, why));
}
