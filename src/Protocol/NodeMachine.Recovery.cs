using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>The way out after a lost majority, and what it means to who comes back (protocol.md 14).</summary>
public sealed partial class NodeMachine
{
    private (ulong Nonce, EntryPayload.Recovered Entry)? recovering;
    private ClusterId clusterJudged;
    private Lineage lineageTold;
    private long retiredTold;

    /// <summary>What this node says of itself when operators look what a lost majority has left.</summary>
    public SurvivorState Survivor(Instant now) =>
        new(
            self,
            disk,
            raft.Cluster,
            raft.LogEpoch,
            raft.Epoch,
            raft.Term,
            raft.Last.Term,
            raft.Last.Index,
            raft.CommitIndex,
            raft.Voters,
            raft.LeaderHeardAt is { } heard && now - heard <= options.ElectionTimeoutMax * 2 ? raft.Leader : null,
            new([
                .. map.Topology.Nodes.Select(node => node.Id).Where(node => node != self && links.IsHeard(now, node)),
            ]),
            raft.IsOut
        );

    private void OnRecoveryOrdered(Input.RecoveryOrdered ordered)
    {
        var here = Survivor(outlet.Now);
        if (WhyNotRecover(ordered.Order, here, out var plan) is { } refusal)
        {
            outlet.Emit(new Effect.Granted(ordered.Nonce, refusal));
            return;
        }

        var seen = ordered.Order.Said.Max(state => state.Term);
        recovering = (ordered.Nonce, raft.Recover(plan!, ordered.Order.Warrant, seen));
    }

    /// <summary>Judged anew in the very step in which it is done: between plan and order anything may have happened.</summary>
    private string? WhyNotRecover(RecoveryOrder order, SurvivorState here, out RecoveryPlan? plan)
    {
        plan = null;
        if (storageStalled is { } stalled)
        {
            return $"the disk of this node takes no writes: {stalled}";
        }

        if (order.Said.FirstOrDefault(state => state.Node == self) is not { } said)
        {
            return "this node is not named among the survivors";
        }

        if (
            (said.Disk, said.Epoch, said.LastTerm, said.LastIndex)
            != (here.Disk, here.Epoch, here.LastTerm, here.LastIndex)
        )
        {
            return "the log of this node has moved since it was asked: look again, without a confirmation";
        }

        EquatableArray<SurvivorState> now = new([.. order.Said.Select(state => state.Node == self ? here : state)]);
        (plan, var problems) = RecoveryPlan.Draw(map.Topology, now, order.Lost);
        if (plan is null)
        {
            return string.Join("; ", problems);
        }

        if (plan.Chosen.Node != self)
        {
            return $"the log of {Name(plan.Chosen.Node)} is newer: it must go on, not this node";
        }

        return plan.Confirmation == order.Confirmation
            ? null
            : "the confirmation is for another state than the present one: look again, without a confirmation";
    }

    private void GrantRecovery()
    {
        if (
            recovering is { } going
            && raft.IsReady
            && book.Group.Recoveries.Exists(entry => entry.Payload == going.Entry)
        )
        {
            recovering = null;
            Grant(going.Nonce, "");
        }
    }

    /// <summary>Once at the end of a step in which it changed whom this node belongs to: peers that were let in before are
    /// judged anew, and told of a recovery.</summary>
    private void JudgePeers()
    {
        if ((raft.Cluster, raft.Lineage, raft.RetiredBy) == (clusterJudged, lineageTold, retiredTold))
        {
            return;
        }

        if (raft.Cluster != clusterJudged)
        {
            LearnFromPeers();
        }

        var isRecovery = raft.Lineage != lineageTold;
        (clusterJudged, lineageTold, retiredTold) = (raft.Cluster, raft.Lineage, raft.RetiredBy);
        foreach (var link in links.All)
        {
            if (!link.IsUsable || !peers.TryGetValue(link.Id.Peer, out var hello))
            {
                continue;
            }

            if (isRecovery)
            {
                SendHello(link);
            }

            if (RefusalOf(link, hello) is { } reason)
            {
                Refuse(link, reason);
            }
        }
    }

    /// <summary>What was told of recoveries before this node belonged to a cluster counts from now on, if it is of this one.</summary>
    private void LearnFromPeers()
    {
        foreach (var link in links.All)
        {
            if (link.IsUsable && peers.TryGetValue(link.Id.Peer, out var hello) && RefusalOf(link, hello) is null)
            {
                raft.Learn(hello.Recoveries);
            }
        }
    }

    /// <summary>The hello with our recoveries has not come there, or theirs not here: again, with the rhythm of heartbeats.</summary>
    private void TellRecoveryAgain(LinkId id)
    {
        if (links.Find(id) is { IsUsable: true } link && outlet.Now - link.HelloSentAt >= options.HeartbeatEvery)
        {
            SendHello(link);
        }
    }

    /// <summary>Words are everybody's, and so is whether somebody is there and which cluster this is; all else is said under a
    /// master's authority.</summary>
    private static bool IsForAnyLineage(Message message) =>
        message
            is Message.Heartbeat
                or Message.LinkAck
                or Message.LifeProbe
                or Message.LifeReply
                or Message.Relayed
                or Message.Reporting
                or Message.Adopt;

    private string Name(NodeId node) => map.Name(node);
}
