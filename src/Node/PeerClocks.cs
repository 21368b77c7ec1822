using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Node;

/// <summary>How far the wall clocks of the cluster are apart, as its heartbeats tell: for people, who read the times of several nodes.</summary>
/// <remarks>No wall clock decides anything (ADR 7), so the core neither sets nor reads what is stamped here. May be asked from any thread.</remarks>
internal sealed class PeerClocks(NodeId self, TimeProvider clock)
{
    /// <summary>Some seconds of heartbeats on two rails: one of them travelled fast, and a clock that is set shows soon.</summary>
    private const int SamplesKept = 32;

    private readonly Lock gate = new();
    private readonly Dictionary<NodeId, Queue<long>> aheadMs = [];

    private long NowUnixMs => Math.Max(0, clock.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>The frame as it leaves: a heartbeat says what time it is here.</summary>
    public Frame Stamp(Frame frame) =>
        frame.Message is Message.Heartbeat beat ? frame with { Message = beat with { WallUnixMs = NowUnixMs } } : frame;

    /// <summary>Takes in what a heartbeat of a peer says.</summary>
    public void Note(NodeId peer, Frame frame)
    {
        if (peer == self || frame.Message is not Message.Heartbeat { WallUnixMs: > 0 and var said })
        {
            return;
        }

        var ahead = NowUnixMs - said;
        lock (gate)
        {
            if (!aheadMs.TryGetValue(peer, out var kept))
            {
                aheadMs[peer] = kept = new Queue<long>(SamplesKept);
            }

            if (kept.Count == SamplesKept)
            {
                kept.Dequeue();
            }

            kept.Enqueue(ahead);
        }
    }

    /// <summary>By how much this node's wall clock is ahead of a peer's, in ms; negative: behind. Null: the peer has not said.</summary>
    /// <remarks>What travelled longest looks furthest ahead, so the least is nearest to the truth.</remarks>
    public long? AheadOfMs(NodeId peer)
    {
        if (peer == self)
        {
            return 0;
        }

        lock (gate)
        {
            return aheadMs.TryGetValue(peer, out var kept) ? kept.Min() : null;
        }
    }
}
