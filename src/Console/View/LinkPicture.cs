using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Console.View;

/// <summary>Who hears whom: the serving node by itself, everybody else by their last heartbeats.</summary>
public static class LinkPicture
{
    /// <summary>One matrix per DIE, and the links of the serving node.</summary>
    public static LinksView Of(NodeStatus status)
    {
        var map = status.Map.Topology;
        var silentAfter = TunedProtocol.Of(map.Tuning).SilentAfter;
        var dies = map.Nodes.Max(node => node.Dies.Length);
        return new LinksView(
            status.Of(status.Node),
            [.. map.Nodes.Select(node => node.Name)],
            [.. Enumerable.Range(0, dies).Select(die => Matrix(status, die, silentAfter))],
            [.. status.Links.Select(link => Own(status, link))]
        );
    }

    private static RailMatrix Matrix(NodeStatus status, int die, TimeSpan silentAfter) =>
        new(
            die,
            [
                .. status.Map.Topology.Nodes.Select(by => new SightRow(
                    by.Name,
                    [
                        .. status.Map.Topology.Nodes.Select(node =>
                            node.Id == by.Id ? Sighting.Self
                            : by.Id == status.Node ? FromHere(status, node.Id, die, silentAfter)
                            : FromPeer(status, by.Id, node.Id, die, silentAfter)
                        ),
                    ]
                )),
            ]
        );

    private static Sighting FromHere(NodeStatus status, NodeId node, int die, TimeSpan silentAfter)
    {
        var best = Sighting.Never;
        foreach (var link in status.Links)
        {
            if (link.Link.Peer == node && link.Link.Die.Value == die)
            {
                best = Better(best, Judge(link.HeardAgo, link.IsRefused, silentAfter));
            }
        }

        return best;
    }

    private static Sighting FromPeer(NodeStatus status, NodeId by, NodeId node, int die, TimeSpan silentAfter)
    {
        foreach (var sights in status.Sights)
        {
            if (sights.By != by)
            {
                continue;
            }

            if (sights.Ago > silentAfter)
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
                    best = Better(best, Judge(ago, heard.Refused, silentAfter));
                }
            }

            return best;
        }

        return Sighting.Unknown;
    }

    private static Sighting Judge(TimeSpan? ago, bool isRefused, TimeSpan silentAfter) =>
        ago is null ? (isRefused ? Sighting.Refused : Sighting.Never)
        : ago <= silentAfter / 2 ? Sighting.Heard
        : ago <= silentAfter ? Sighting.Late
        : isRefused ? Sighting.Refused
        : Sighting.Silent;

    /// <summary>Two transports are two roads of one rail: the better one counts.</summary>
    private static Sighting Better(Sighting left, Sighting right) =>
        left is Sighting.Never ? right
        : right is Sighting.Never ? left
        : left < right ? left
        : right;

    private static OwnLink Own(NodeStatus status, LinkStatus link) =>
        new(
            status.Of(link.Link.Peer),
            link.Link.Die.Value,
            link.Link.Transport.ToString().ToLowerInvariant(),
            link.Refusal.Length > 0 ? "refused" : link.State.ToString().ToLowerInvariant(),
            link.State switch
            {
                _ when link.Refusal.Length > 0 => Level.Bad,
                LinkState.Up when link.LossPermille < 50 => Level.Good,
                LinkState.Up or LinkState.Suspect or LinkState.Opening => Level.Weak,
                _ => Level.Bad,
            },
            Round(link.RoundTrip),
            Round(link.Jitter),
            link.LossPermille / 10.0,
            link.Refusal
        );

    private static double? Round(TimeSpan? span) =>
        span is { } time ? Math.Round(time.TotalMilliseconds, time.TotalMilliseconds < 10 ? 2 : 0) : null;
}
