using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>The rhythm of heartbeats: each peer hears one in each beat, and its rails take turns.</summary>
internal sealed partial class LinkTable
{
    private readonly Instant beatFrom;

    /// <summary>When the next beat is; the same for all links, so that a node wakes once for them. Where in the rhythm is each node's own.</summary>
    public Instant NextBeat(Instant now) => beatFrom + (options.HeartbeatEvery * (BeatNumber(now) + 1));

    /// <summary>A heartbeat came over this link.</summary>
    /// <param name="takesTurns">The peer's rails do.</param>
    public void NoteBeat(Instant now, LinkId id, bool takesTurns)
    {
        if (Find(id) is { } link)
        {
            link.Score.NoteBeat(now, options.HeartbeatEvery * (takesTurns ? byPeer[id.Peer].Count : 1));
        }
    }

    /// <summary>Heartbeats and hellos that are due, and frames that were not acknowledged in time.</summary>
    public void Wake(Instant now, Func<bool, Message> heartbeat, Action<Link> hello, Outlet outlet)
    {
        foreach (var link in all)
        {
            if (link.State == LinkState.Opening && now - link.HelloSentAt >= options.HeartbeatEvery)
            {
                hello(link);
            }
            else if (link.IsUsable)
            {
                if (now >= link.HeartbeatDue)
                {
                    link.HeartbeatDue = NextBeat(now);
                    link.IsMissed = !IsHeardOn(now, link);
                    var takesTurns = CanTakeTurns(now, link.Id.Peer);
                    if (!takesTurns || IsTurnOf(now, link))
                    {
                        Emit(now, link, heartbeat(takesTurns), outlet);
                    }
                }

                if (link.AckDeadline(options.LinkAckWithin) <= now)
                {
                    Suspect(now, link, outlet);
                }
            }
        }
    }

    private long BeatNumber(Instant now) => now < beatFrom ? -1 : (now - beatFrom).Ticks / options.HeartbeatEvery.Ticks;

    private bool IsTurnOf(Instant now, Link link)
    {
        var rails = byPeer[link.Id.Peer];
        return rails[(int)(Math.Max(0, BeatNumber(now)) % rails.Count)] == link;
    }

    /// <summary>All rails to this peer carry, both ways. Where one does not, every beat goes over all that are left.</summary>
    private bool CanTakeTurns(Instant now, NodeId peer)
    {
        foreach (var link in byPeer[peer])
        {
            if (link.State != LinkState.Up || !IsHeardOn(now, link))
            {
                return false;
            }
        }

        return vectors.TryGetValue(peer, out var said) && HearsOnAllRails(said.Vector);
    }

    private bool HearsOnAllRails(EquatableArray<Heard> vector)
    {
        foreach (var heard in vector)
        {
            if (heard.Node == self && (heard.AgoMs < 0 || heard.AgoMs > options.RailSilentAfter.TotalMilliseconds))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsHeardOn(Instant now, Link link) => link.HeardAt is { } at && now - at <= options.RailSilentAfter;
}
