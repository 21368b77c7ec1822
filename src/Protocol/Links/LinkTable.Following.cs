using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>The links that there are, by the map in force and by who is on his way out of it (protocol.md 15).</summary>
internal sealed partial class LinkTable
{
    /// <summary>Whom there is a link to, in order of the ids.</summary>
    public IReadOnlyList<NodeId> Peers { get; private set; } = [];

    /// <summary>Every link of the map from now on, and those that there are to nodes that are leaving. What stays is not touched.</summary>
    /// <param name="map">Null: this node is in it no more.</param>
    /// <param name="leaving">Nodes that are not in the map and are still linked.</param>
    public void Follow(Instant now, Topology? map, IReadOnlyCollection<NodeId> leaving)
    {
        var wanted = new HashSet<LinkId>(links.Keys.Where(id => leaving.Contains(id.Peer)));
        foreach (var node in map?.Nodes ?? [])
        {
            if (node.Id != self)
            {
                wanted.UnionWith(node.Dies.Select(die => new LinkId(node.Id, die.Die, TransportKind.Grpc)));
            }
        }

        foreach (var link in all)
        {
            if (!wanted.Contains(link.Id))
            {
                Drop(link);
            }
        }

        foreach (var id in wanted.Order())
        {
            if (!links.ContainsKey(id))
            {
                Add(id, now);
            }
        }

        Renew();
    }

    /// <summary>A link that the peer has and this node's map has not.</summary>
    public Link Welcome(LinkId id, Instant now)
    {
        Add(id, now);
        Renew();
        return links[id];
    }

    private void Renew()
    {
        all = [.. links.Values];
        Peers = [.. all.Select(link => link.Id.Peer).Distinct()];
    }

    private void Add(LinkId id, Instant now)
    {
        var link = new Link(id) { HeartbeatDue = NextBeat(now) };
        links.Add(id, link);
        if (!byPeer.TryGetValue(id.Peer, out var list))
        {
            list = byPeer[id.Peer] = [];
            addedAt[id.Peer] = now;
        }

        list.Add(link);
    }

    private void Drop(Link link)
    {
        var peer = link.Id.Peer;
        links.Remove(link.Id);
        owing.Remove(link);
        byPeer[peer].Remove(link);
        if (byPeer[peer].Count == 0)
        {
            byPeer.Remove(peer);
            vectors.Remove(peer);
            relayedAt.Remove(peer);
            listeningAt.Remove(peer);
            addedAt.Remove(peer);
        }
    }
}
