using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>How long who has listened for whom: what the removal of a dead voter stands on (G3).</summary>
internal sealed partial class LinkTable
{
    private readonly Dictionary<NodeId, Instant> relayedAt = [];
    private readonly Dictionary<NodeId, Instant> listeningAt = [];
    private readonly Dictionary<NodeId, Instant> addedAt = [];
    private Instant listeningFrom;

    /// <summary>Since when there is a link to a node at all: before that nobody could hear it here.</summary>
    public Instant AddedAt(NodeId node) => addedAt.GetValueOrDefault(node);

    /// <summary>This node has listened for the whole silence time, and had no frame of that node, direct or relayed.</summary>
    public bool IsSilentHere(Instant now, NodeId node)
    {
        var last = Instant.Max(listeningFrom, HeardAt(node) ?? AddedAt(node));
        if (relayedAt.TryGetValue(node, out var relayed))
        {
            last = Instant.Max(last, relayed);
        }

        return now - last > options.SilentAfter;
    }

    /// <summary>That node's process has listened for the whole silence time: whom it has not heard has said nothing.</summary>
    public bool HasListened(Instant now, NodeId witness) =>
        listeningAt.TryGetValue(witness, out var since) && now - since > options.SilentAfter;

    /// <summary>The same as <see cref="IsSilentHere"/>, of another node by its own vector, not older than two beats.</summary>
    public bool IsSilentAt(Instant now, NodeId witness, NodeId node)
    {
        if (
            !vectors.TryGetValue(witness, out var said)
            || now - said.At > options.HeartbeatEvery * 2
            || !HasListened(now, witness)
        )
        {
            return false;
        }

        foreach (var heard in said.Vector)
        {
            if (heard.Node == node && heard.AgoMs >= 0 && heard.AgoMs <= options.SilentAfter.TotalMilliseconds)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Another process of a peer, or one with another map: it has listened for no time yet.</summary>
    public void NoteListensAnew(NodeId peer) => listeningAt.Remove(peer);

    // A peer that says nothing for two beats and the time of a probe may have been paused, and then it listened to nobody either.
    private void NoteListening(Instant now, NodeId peer)
    {
        if (
            !listeningAt.ContainsKey(peer)
            || now - vectors[peer].At > (options.HeartbeatEvery * 2) + options.ProbeWithin
        )
        {
            listeningAt[peer] = now;
        }
    }

    private void ForgiveListening(Instant now, TimeSpan pause)
    {
        listeningFrom = Instant.Min(listeningFrom + pause, now);
        foreach (var node in addedAt.Keys.ToArray())
        {
            addedAt[node] = Instant.Min(addedAt[node] + pause, now);
        }

        foreach (var node in relayedAt.Keys.ToArray())
        {
            relayedAt[node] = Instant.Min(relayedAt[node] + pause, now);
        }
    }
}
