using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Console.View;

/// <summary>Who hears whom: the serving node by itself, everybody else by their last heartbeats.</summary>
public static class LinkPicture
{
    // A link that loses every twentieth frame still carries words, and somebody should look at its cable.
    private const int LossyFromPermille = 50;

    // A rail has every other beat; half a one more is a scheduler's, not the road's.
    private const double LateFromBeats = 2.5;

    /// <summary>One matrix per DIE, and the links of the serving node.</summary>
    /// <param name="tellWire">Which wire carries a link, and after a semicolon why no better one; null: the one that its name says.</param>
    public static LinksView Of(NodeStatus status, Func<LinkId, string>? tellWire = null)
    {
        var map = status.Map.Topology;
        var timing = TunedProtocol.Of(map.Tuning);
        var dies = map.Nodes.Max(node => node.Dies.Length);
        return new LinksView(
            status.Of(status.Node),
            [.. map.Nodes.Select(node => node.Name)],
            [.. Enumerable.Range(0, dies).Select(die => Matrix(status, die, timing))],
            [.. status.Links.Select(link => Own(status, link, tellWire))]
        );
    }

    private static RailMatrix Matrix(NodeStatus status, int die, ProtocolOptions timing) =>
        new(
            die,
            [
                .. status.Map.Topology.Nodes.Select(by => new SightRow(
                    by.Name,
                    [
                        .. status.Map.Topology.Nodes.Select(node =>
                            node.Id == by.Id ? Sighting.Self
                            : by.Id == status.Node ? FromHere(status, node.Id, die, timing)
                            : FromPeer(status, by.Id, node.Id, die, timing)
                        ),
                    ]
                )),
            ]
        );

    private static Sighting FromHere(NodeStatus status, NodeId node, int die, ProtocolOptions timing)
    {
        var best = Sighting.Never;
        foreach (var link in status.Links)
        {
            if (link.Link.Peer == node && link.Link.Die.Value == die)
            {
                best = Better(best, Judge(link.HeardAgo, link.IsRefused, timing));
            }
        }

        return best;
    }

    private static Sighting FromPeer(NodeStatus status, NodeId by, NodeId node, int die, ProtocolOptions timing)
    {
        foreach (var sights in status.Sights)
        {
            if (sights.By != by)
            {
                continue;
            }

            if (sights.Ago > timing.SilentAfter)
            {
                return Sighting.Unknown;
            }

            var best = Sighting.Never;
            foreach (var heard in sights.Heard)
            {
                if (heard.Node == node && heard.Die.Value == die)
                {
                    // As it was when it was said: the age of the heartbeat is the road's, and not the silence of the node.
                    TimeSpan? ago = heard.AgoMs < 0 ? null : TimeSpan.FromMilliseconds(heard.AgoMs);
                    best = Better(best, Judge(ago, heard.Refused, timing));
                }
            }

            return best;
        }

        return Sighting.Unknown;
    }

    private static Sighting Judge(TimeSpan? ago, bool isRefused, ProtocolOptions timing) =>
        ago is null ? (isRefused ? Sighting.Refused : Sighting.Never)
        : ago <= timing.HeartbeatEvery * LateFromBeats ? Sighting.Heard
        : ago <= timing.RailSilentAfter ? Sighting.Late
        : isRefused ? Sighting.Refused
        : Sighting.Silent;

    /// <summary>Two transports are two roads of one rail: the better one counts.</summary>
    private static Sighting Better(Sighting left, Sighting right) =>
        left is Sighting.Never ? right
        : right is Sighting.Never ? left
        : left < right ? left
        : right;

    private static OwnLink Own(NodeStatus status, LinkStatus link, Func<LinkId, string>? tellWire)
    {
        var (wire, noBetter) = Split(tellWire?.Invoke(link.Link) ?? link.Link.Transport.ToString().ToLowerInvariant());
        var isRefused = link.Refusal.Length > 0;
        var isLossy = link.State == LinkState.Up && link.LossPermille >= LossyFromPermille;
        return new OwnLink(
            status.Of(link.Link.Peer),
            link.Link.Die.Value,
            wire,
            isRefused ? "refused"
                : isLossy ? "lossy"
                : link.State.ToString().ToLowerInvariant(),
            link.State switch
            {
                _ when isRefused => Level.Bad,
                LinkState.Up when !isLossy => Level.Good,
                LinkState.Up or LinkState.Suspect or LinkState.Opening => Level.Weak,
                _ => Level.Bad,
            },
            Round(link.RoundTrip),
            Round(link.Jitter),
            link.LossPermille / 10.0,
            isRefused ? link.Refusal : noBetter
        );
    }

    private static (string Wire, string NoBetter) Split(string told)
    {
        var end = told.IndexOf("; ", StringComparison.Ordinal);
        return end < 0 ? (told, "") : (told[..end], told[(end + 2)..]);
    }

    private static double? Round(TimeSpan? span) =>
        span is { } time ? Math.Round(time.TotalMilliseconds, time.TotalMilliseconds < 10 ? 2 : 0) : null;
}
