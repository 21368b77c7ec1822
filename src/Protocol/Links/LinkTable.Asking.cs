using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>Questions to a suspect and its answers: over every rail, and through peers (protocol.md 10).</summary>
internal sealed partial class LinkTable
{
    /// <summary>More would ask the same again; fewer may all sit behind the same cut.</summary>
    private const int AskedMax = 3;

    /// <summary>Puts a question to a suspect over every rail that is connected, and through peers that this node hears.</summary>
    /// <returns>Those peers.</returns>
    public EquatableArray<NodeId> Ask(Instant now, NodeId suspect, Message question, Outlet outlet)
    {
        foreach (var link in BestLinks(suspect, Spread.All, null))
        {
            Emit(now, link, question, outlet);
        }

        // Whoever hears the suspect is the one to go through; the others may still reach it, or be heard by it.
        var through = Peers
            .Where(peer => peer != suspect && IsHeard(now, peer) && BestLinks(peer, Spread.One, null).Count > 0)
            .OrderByDescending(peer => IsHeardBy(now, peer, suspect))
            .Take(AskedMax)
            .Order()
            .ToArray();
        foreach (var peer in through)
        {
            SendThrough(now, peer, suspect, question, outlet);
        }

        return new([.. through]);
    }

    /// <summary>Answers the way that the question came, since others may be cut, and every other way that there is.</summary>
    public void Reply(Instant now, LinkId cameBy, NodeId asker, Message answer, Outlet outlet)
    {
        foreach (var link in BestLinks(asker, Spread.All, null))
        {
            Emit(now, link, answer, outlet);
        }

        if (cameBy.Peer != asker)
        {
            SendThrough(now, cameBy.Peer, asker, answer, outlet);
        }
    }

    /// <summary>Somebody whom this node hears says that it hears that one.</summary>
    public bool IsHeardBySomebody(Instant now, NodeId node)
    {
        foreach (var peer in Peers)
        {
            if (peer != node && IsHeard(now, peer) && IsHeardBy(now, peer, node))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsHeardBy(Instant now, NodeId peer, NodeId node) =>
        vectors.TryGetValue(peer, out var said) && now - said.At <= options.SilentAfter && Hears(said.Vector, node);

    // Each peer carries a copy with a number of its own: a copy that is dropped as seen would not be answered that way.
    private void SendThrough(Instant now, NodeId peer, NodeId to, Message message, Outlet outlet)
    {
        var wrapped = new Message.Relayed(self, to, relay.NextSequence(), 1, message) { Lineage = outlet.Lineage() };
        foreach (var link in BestLinks(peer, Spread.All, null))
        {
            Emit(now, link, wrapped, outlet);
        }
    }
}
