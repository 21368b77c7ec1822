using System.Collections.Immutable;
using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>All links of this node: who is let in, what goes which way, what is suspect (protocol.md 4, 7, 10).</summary>
internal sealed partial class LinkTable
{
    private readonly NodeId self;
    private readonly ProtocolOptions options;
    private readonly SortedDictionary<LinkId, Link> links = [];
    private Link[] all = [];
    private readonly List<Link> owing = [];
    private readonly Dictionary<NodeId, List<Link>> byPeer = [];
    private readonly Dictionary<NodeId, (EquatableArray<Heard> Vector, Instant At)> vectors = [];
    private readonly Relay relay;

    public LinkTable(NodeId self, Topology topology, ProtocolOptions options, Prng prng, Instant now)
    {
        this.self = self;
        this.options = options;
        relay = new Relay(self, prng.NextBits() >> 1);
        beatFrom = now + prng.Below(options.HeartbeatEvery);
        listeningFrom = now;
        Follow(now, topology, []);
    }

    /// <summary>Every link, in order of its id.</summary>
    public IReadOnlyList<Link> All => all;

    public Link? Find(LinkId id) => links.GetValueOrDefault(id);

    /// <summary>What each peer said last of whom it hears, and when that came.</summary>
    public IReadOnlyDictionary<NodeId, (EquatableArray<Heard> Vector, Instant At)> Vectors => vectors;

    public Instant NextWake
    {
        get
        {
            var wake = Instant.Never;
            foreach (var link in all)
            {
                if (link.State == LinkState.Opening)
                {
                    wake = Instant.Min(wake, link.HelloSentAt + options.HeartbeatEvery);
                }
                else if (link.IsUsable)
                {
                    wake = Instant.Min(wake, Instant.Min(link.HeartbeatDue, link.AckDeadline(options.LinkAckWithin)));
                }
            }

            foreach (var link in owing)
            {
                wake = Instant.Min(wake, link.OwesSince + AckWaits);
            }

            return wake;
        }
    }

    /// <summary>An acknowledgement waits this long for a frame to ride on; well before the peer would miss it.</summary>
    private TimeSpan AckWaits => new(options.LinkAckWithin.Ticks / 10);

    /// <summary>The last frame of a node on any rail, direct only; null: none in this process.</summary>
    public Instant? HeardAt(NodeId node)
    {
        Instant? latest = null;
        if (byPeer.TryGetValue(node, out var list))
        {
            foreach (var link in list)
            {
                if (link.HeardAt is { } at && (latest is null || at > latest))
                {
                    latest = at;
                }
            }
        }

        return latest;
    }

    /// <summary>Heard on some rail within the silence time.</summary>
    public bool IsHeard(Instant now, NodeId node) =>
        node == self || (HeardAt(node) is { } at && now - at <= options.SilentAfter);

    /// <summary>Heard on some rail within the silence time, and what came last on it was not held on its way for as long as
    /// it takes to miss a master.</summary>
    public bool IsHeardInTime(Instant now, NodeId node)
    {
        if (!byPeer.TryGetValue(node, out var list))
        {
            return false;
        }

        foreach (var link in list)
        {
            if (
                link.HeardAt is { } at
                && now - at <= options.SilentAfter
                && link.Transit.LastHeld < options.ElectionTimeoutMin
            )
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>How a node looks from here.</summary>
    public NodeHealth HealthOf(Instant now, NodeId node)
    {
        if (node == self)
        {
            return NodeHealth.Up;
        }

        if (!byPeer.TryGetValue(node, out var list))
        {
            return NodeHealth.Unknown;
        }

        if (list.Exists(link => link.IsRefused) && list.TrueForAll(link => link.State == LinkState.Down))
        {
            // Nothing is open, and a live host says that nobody listens there: however lately it was heard, it has ended.
            return NodeHealth.AgentDown;
        }

        var heard = list.Count(link => IsHeardOn(now, link));
        if (heard == list.Count)
        {
            return NodeHealth.Up;
        }

        if (heard > 0)
        {
            return NodeHealth.Degraded;
        }

        if (list.Exists(link => link.IsRefused))
        {
            return NodeHealth.AgentDown;
        }

        return list.Exists(link => link.HeardAt is not null) ? NodeHealth.Unheard : NodeHealth.Unknown;
    }

    /// <summary>What this node last heard of all others, for its heartbeats.</summary>
    public EquatableArray<Heard> Vector(Instant now)
    {
        var vector = ImmutableArray.CreateBuilder<Heard>(all.Length);
        foreach (var link in all)
        {
            var agoMs = link.HeardAt is { } heard
                ? (int)Math.Clamp((now - heard).TotalMilliseconds, 0, int.MaxValue)
                : -1;
            vector.Add(new Heard(link.Id.Peer, link.Id.Die, agoMs, link.IsRefused));
        }

        return new(vector.MoveToImmutable());
    }

    public void NoteVector(Instant now, NodeId from, EquatableArray<Heard> vector)
    {
        NoteListening(now, from);
        vectors[from] = (vector, now);
    }

    /// <summary>Time in which this process did not run is charged to nobody.</summary>
    public void OnPaused(Instant now, TimeSpan pause)
    {
        foreach (var link in all)
        {
            link.Forgive(now, pause);
        }

        ForgiveListening(now, pause);
    }

    /// <summary>Sends by the best road, or by all of them.</summary>
    public void Send(Instant now, NodeId to, Message message, Spread spread, Outlet outlet) =>
        Send(now, to, message, spread, outlet, null);

    /// <summary>Acknowledges by itself what no other frame has acknowledged meanwhile.</summary>
    public void Flush(Instant now, Outlet outlet)
    {
        for (var at = owing.Count - 1; at >= 0; at--)
        {
            var link = owing[at];
            if (link.OwesAck && link.IsUsable)
            {
                if (now - link.OwesSince < AckWaits)
                {
                    continue;
                }

                Emit(now, link, new Message.LinkAck(), outlet);
            }

            owing.RemoveAt(at);
        }
    }

    /// <summary>The connection has ended: what it took and nobody acknowledged may never have come, and takes another road.</summary>
    public void TakeElsewhere(Instant now, Link link, Outlet outlet) =>
        SendElsewhere(now, link, link.TakeOverdue(Instant.Never, TimeSpan.Zero), outlet);

    /// <summary>A numbered frame with its acknowledgements came from an accepted peer.</summary>
    public void NoteFrame(Instant now, Link link, Frame frame, Outlet outlet)
    {
        link.HeardAt = now;
        link.IsRefused = false;
        var owed = link.OwesAck;
        link.NoteReceived(now, frame.Sequence);
        if (link.OwesAck && !owed)
        {
            owing.Add(link);
        }

        if (link.NoteAcks(now, frame.AckHighest, frame.AckBits) && link.State == LinkState.Suspect)
        {
            link.State = LinkState.Up;
            outlet.Emit(new Effect.Note(new Fact.LinkSound(link.Id)));
        }
    }

    /// <summary>Puts one frame on one link.</summary>
    public static void Emit(Instant now, Link link, Message message, Outlet outlet, bool rerouted = false) =>
        outlet.Emit(new Effect.Send(link.Id, link.Frame(now, message, outlet.Lineage(), rerouted)));

    /// <summary>What a relayed message is for here.</summary>
    /// <returns>The inner message if it is for this node and not seen before; else null.</returns>
    public Message? Unwrap(Instant now, Message.Relayed relayed, Outlet outlet)
    {
        if (relayed.Origin == self || !relay.IsNew(relayed.Origin, relayed.Sequence))
        {
            return null;
        }

        relayedAt[relayed.Origin] = now;
        if (relayed.Destination == self)
        {
            return relayed.Inner;
        }

        if (relayed.HopsLeft > 0 && byPeer.ContainsKey(relayed.Destination))
        {
            foreach (var link in BestLinks(relayed.Destination, Spread.All, null))
            {
                Emit(now, link, relayed with { HopsLeft = relayed.HopsLeft - 1 }, outlet);
            }
        }

        return null;
    }

    private void Send(Instant now, NodeId to, Message message, Spread spread, Outlet outlet, Link? except)
    {
        var roads = BestLinks(to, spread, except);
        foreach (var link in roads)
        {
            Emit(now, link, message, outlet, rerouted: except is not null);
        }

        if (!roads.Exists(link => link.State == LinkState.Up))
        {
            SendThroughPeers(now, to, message, outlet);
        }
    }

    private void SendThroughPeers(Instant now, NodeId to, Message message, Outlet outlet)
    {
        if (
            message
            is Message.Relayed
                or Message.Heartbeat
                or Message.InstallSnapshot
                or Message.LifeProbe
                or Message.LifeReply
        )
        {
            return;
        }

        var wrapped = new Message.Relayed(self, to, relay.NextSequence(), 1, message) { Lineage = outlet.Lineage() };
        var sent = 0;
        foreach (var (peer, (vector, at)) in vectors)
        {
            if (peer == to || now - at > options.SilentAfter || !Hears(vector, to))
            {
                continue;
            }

            var roads = BestLinks(peer, Spread.One, null);
            if (roads.Count > 0 && roads[0].State == LinkState.Up)
            {
                Emit(now, roads[0], wrapped, outlet);
                if (++sent == 2)
                {
                    return;
                }
            }
        }
    }

    private bool Hears(EquatableArray<Heard> vector, NodeId node)
    {
        foreach (var heard in vector)
        {
            if (heard.Node == node && heard.AgoMs >= 0 && heard.AgoMs <= options.SilentAfter.TotalMilliseconds)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Links to use now: sound ones if there are any, else all that are connected.</summary>
    private List<Link> BestLinks(NodeId to, Spread spread, Link? except)
    {
        var usable = new List<Link>(2);
        if (!byPeer.TryGetValue(to, out var list))
        {
            return usable;
        }

        Link? best = null;
        foreach (var link in list)
        {
            if (link.IsUsable && link != except)
            {
                usable.Add(link);
                if (link.State == LinkState.Up && (best is null || LossBand(link) < LossBand(best)))
                {
                    best = link;
                }
            }
        }

        return spread == Spread.One && best is not null ? [best] : usable;
    }

    /// <summary>Coarse, so that what goes over one road does not change roads with every lost beat.</summary>
    private static int LossBand(Link link) => link.Score.LossPermille / 100;

    private void Suspect(Instant now, Link link, Outlet outlet)
    {
        var overdue = link.TakeOverdue(now, options.LinkAckWithin);
        if (link.State == LinkState.Up)
        {
            link.State = LinkState.Suspect;
            outlet.Emit(new Effect.Note(new Fact.LinkSuspect(link.Id, options.LinkAckWithin)));
        }

        if (now - link.RelinkedAt >= TimeSpan.FromSeconds(1))
        {
            link.RelinkedAt = now;
            outlet.Emit(new Effect.Relink(link.Id));
        }

        SendElsewhere(now, link, overdue, outlet);
    }

    private void SendElsewhere(Instant now, Link link, List<Message> messages, Outlet outlet)
    {
        foreach (var message in messages)
        {
            // A beat that is late is worth nothing; everything else takes another road.
            if (
                message
                is not (
                    Message.Heartbeat
                    or Message.Relayed
                    or Message.InstallSnapshot
                    or Message.LifeProbe
                    or Message.LifeReply
                )
            )
            {
                Send(now, link.Id.Peer, message, Spread.One, outlet, link);
            }
        }
    }
}
