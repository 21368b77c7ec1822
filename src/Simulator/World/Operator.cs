using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.Faults;

namespace ClusterRas.Simulator.World;

/// <summary>Declares the plan's handlers, and asks again until it is granted.</summary>
internal sealed class Operator(Cluster cluster, Prng chance)
{
    private static readonly TimeSpan AskFrom = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(900);
    private readonly Dictionary<ulong, EntryPayload> open = [];

    public void Begin()
    {
        foreach (var handler in cluster.Plan.Handlers)
        {
            var nonce = chance.NextBits();
            open.Add(nonce, new EntryPayload.HandlerDeclared(handler.Declaration));
            cluster.Agenda.At(AskFrom + chance.Below(AskEvery), () => Ask(nonce));
        }
    }

    public void Hear(Effect.Granted granted)
    {
        if (granted.Refusal.Length == 0)
        {
            open.Remove(granted.Nonce);
        }
    }

    /// <summary>Wishes that a node in its present life give up its seat, or keep it after all.</summary>
    public void Stop(NodeId node, bool isOff)
    {
        var nonce = chance.NextBits();
        open.Add(nonce, new EntryPayload.StopPlanned(node, cluster.Host(node).Life, isOff, Signed(nonce)));
        AskOnce(nonce);
    }

    /// <summary>Has another node made master.</summary>
    public void HandOver(NodeId? to)
    {
        var nonce = chance.NextBits();
        open.Add(nonce, new EntryPayload.HandoverAsked(to, Signed(nonce)));
        AskOnce(nonce);
    }

    /// <summary>Applies the map of some node with one thing changed.</summary>
    /// <returns>False: nobody answers, or there is nothing to change.</returns>
    public bool Apply(NodeId about, MapAct act)
    {
        if (Asked() is not ({ } process, var now) || MapEdit.Of(now.Topology, about, act, chance) is not { } next)
        {
            return false;
        }

        Apply(process, now.Topology, next);
        return true;
    }

    /// <summary>Adds a node again that was removed, and asks until it is there.</summary>
    /// <param name="done">Called once with the map that has it, if it was away.</param>
    /// <param name="awayIn">The newest version that was seen without it; 0: none yet.</param>
    public void AddAgain(NodeId node, Action<Topology> done, long awayIn = 0)
    {
        if (Asked(but: node) is ({ } process, var now))
        {
            var has = now.Topology.FindNode(node) is not null;
            if (has && awayIn > 0 && now.Version > awayIn)
            {
                done(now.Topology);
                return;
            }

            if (!has)
            {
                awayIn = Math.Max(awayIn, now.Version);
                Apply(process, now.Topology, MapEdit.WithAgain(now.Topology, cluster.Topology[node]));
            }
        }

        // Who answers may be behind: an older map says nothing.
        cluster.Agenda.After(AskEvery, () => AddAgain(node, done, awayIn));
    }

    private void Apply(AgentProcess process, Topology now, Topology next)
    {
        var nonce = chance.NextBits();
        process.Give(new Input.Asked(nonce, MapEdit.Wish(now, next, nonce)));
        cluster.Agenda.After(AskEvery, () => process.Give(new Input.Withdrawn(nonce)));
    }

    private (AgentProcess Process, MapStatus Map)? Asked(NodeId? but = null)
    {
        var from = (int)chance.Below(cluster.Plan.Shape.NodeCount);
        for (var place = 0; place < cluster.Plan.Shape.NodeCount; place++)
        {
            var node = new NodeId((from + place) % cluster.Plan.Shape.NodeCount);
            if (node != but && cluster.Host(node).Process is { Map: { } map } process && !IsMistaken(node, map))
            {
                return (process, map);
            }
        }

        return null;
    }

    // Who looks at what would change sees that this node was started with another file.
    private bool IsMistaken(NodeId node, MapStatus map) =>
        map.Topology.Digest == cluster.Plan.Shape.ForeignTopology(node).Digest;

    /// <summary>Looks, and orders what was seen, again and again until it is done or given up.</summary>
    /// <param name="lost">Destroyed.</param>
    /// <param name="done">Called once it is done.</param>
    public void Recover(EquatableArray<NodeId> lost, TimeSpan until, Action done)
    {
        if (cluster.Now > until)
        {
            return;
        }

        EquatableArray<SurvivorState> said =
        [
            .. cluster
                .Topology.Nodes.Where(node => !lost.Contains(node.Id))
                .Select(node => cluster.Host(node.Id).Process?.Survivor)
                .OfType<SurvivorState>(),
        ];
        if (said.Any(state => state is { Epoch: > 0, EpochHeard: > 0 }))
        {
            done();
            return;
        }

        // A plan wants every node of the map named, so who is off for a while is waited for.
        if (RecoveryPlan.Draw(cluster.Topology, said, lost).Plan is { } plan)
        {
            var order = new RecoveryOrder(said, lost, plan.Confirmation, new Warrant("operator", "", 0));
            cluster.Host(plan.Chosen.Node).Process?.Give(new Input.RecoveryOrdered(chance.NextBits(), order));
        }

        cluster.Agenda.After(AskEvery, () => Recover(lost, until, done));
    }

    private void AskOnce(ulong nonce)
    {
        var node = new NodeId((int)chance.Below(cluster.Plan.Shape.NodeCount));
        cluster.Host(node).Process?.Give(new Input.Asked(nonce, open[nonce]));
    }

    private void Ask(ulong nonce)
    {
        if (open.TryGetValue(nonce, out var wish))
        {
            var node = new NodeId((int)chance.Below(cluster.Plan.Shape.NodeCount));
            cluster.Host(node).Process?.Give(new Input.Asked(nonce, wish));
            cluster.Agenda.After(AskEvery, () => Ask(nonce));
        }
    }

    private static Warrant Signed(ulong nonce) => new("operator", "", (long)nonce >>> 1);
}
