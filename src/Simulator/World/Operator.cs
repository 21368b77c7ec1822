using ClusterRas.Fabric;
using ClusterRas.Protocol;

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
        open.Add(nonce, new EntryPayload.StopPlanned(node, cluster.Host(node).Life, isOff));
        AskOnce(nonce);
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
}
