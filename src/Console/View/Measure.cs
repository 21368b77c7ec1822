using System.Globalization;
using ClusterRas.Protocol;

namespace ClusterRas.Console.View;

/// <summary>One value of a measure.</summary>
public readonly record struct Sample(double Value, params (string Name, string Value)[] Labels);

/// <summary>Something that a node can measure, whatever form it is told in.</summary>
/// <param name="Name">As OpenTelemetry has it, with dots.</param>
/// <param name="Unit">As OpenTelemetry has it: empty, "s", or "1" for a ratio.</param>
/// <param name="Take">Its values now; none where it is not known.</param>
public sealed record Measure(string Name, string Unit, string Help, Func<NodeStatus, string, IEnumerable<Sample>> Take)
{
    /// <summary>All that are told.</summary>
    public static IReadOnlyList<Measure> All { get; } =
    [
        new(
            "clusterras.build_info",
            "",
            "Always 1; the version of rasd is its label.",
            (_, version) => [new(1, ("version", version))]
        ),
        One("clusterras.term", "Term of this node.", status => status.Term.Value),
        One("clusterras.is_master", "This node is master.", status => status.Master == status.Node ? 1 : 0),
        One("clusterras.master_known", "This node knows a master.", status => status.Master is null ? 0 : 1),
        new(
            "clusterras.master_heard_age",
            "s",
            "Since the last beat of the master.",
            (status, _) => status.MasterHeardAgo is { } ago ? [new(ago.TotalSeconds)] : []
        ),
        One(
            "clusterras.commit_index",
            "Newest committed entry that this node has.",
            status => status.CommitIndex.Value
        ),
        One("clusterras.voters", "Seats of the control group.", status => Quorum(status).Voters),
        One("clusterras.voters_live", "Voters heard here, without an open report.", status => Quorum(status).Live),
        One(
            "clusterras.quorum_spare",
            "Live voters beyond a majority; negative: missing.",
            status => Quorum(status).CanLose
        ),
        One("clusterras.outbox_words", "Words of this node that no master has answered.", status => status.Outbox),
        One("clusterras.storage_stalled", "The disk takes no writes.", status => status.StorageStalled is null ? 0 : 1),
        One("clusterras.incidents_held", "Incidents in the ledger.", status => status.Book.Incidents.Count),
        new("clusterras.incidents_open", "", "Open incidents by kind.", (status, _) => OpenByKind(status)),
        new(
            "clusterras.node_state",
            "",
            "1 for the state in which a node is, seen from here.",
            (status, version) =>
                ClusterPicture
                    .Overview(status, version)
                    .Members.Select(member => new Sample(1, ("node", member.Name), ("state", member.State)))
        ),
        new(
            "clusterras.link_up",
            "",
            "The link carries frames that are acknowledged in time.",
            (status, _) => status.Links.Select(link => Road(status, link, link.State == LinkState.Up ? 1 : 0))
        ),
        new(
            "clusterras.link_loss",
            "1",
            "Heartbeats of the peer that did not come lately.",
            (status, _) => status.Links.Select(link => Road(status, link, link.LossPermille / 1000.0))
        ),
        new(
            "clusterras.link_round_trip",
            "s",
            "Smoothed round trip.",
            (status, _) =>
                status
                    .Links.Where(link => link.RoundTrip is not null)
                    .Select(link => Road(status, link, link.RoundTrip!.Value.TotalSeconds))
        ),
    ];

    /// <summary>As Prometheus has it.</summary>
    public string PrometheusName =>
        Name.Replace('.', '_')
        + Unit switch
        {
            "s" => "_seconds",
            "1" => "_ratio",
            _ => "",
        };

    private static Measure One(string name, string help, Func<NodeStatus, double> take) =>
        new(name, "", help, (status, _) => [new(take(status))]);

    private static QuorumView Quorum(NodeStatus status) => ClusterPicture.Quorum(status);

    private static IEnumerable<Sample> OpenByKind(NodeStatus status)
    {
        var open = status.Book.Open.Values.SelectMany(ids => ids).Select(id => status.Book.Incidents[id].Kind).ToList();
        return Enum.GetValues<EventKind>()
            .Where(kind => kind != EventKind.None)
            .Select(kind => new Sample(open.Count(one => one == kind), ("kind", Names.Of(kind))));
    }

    private static Sample Road(NodeStatus status, LinkStatus link, double value) =>
        new(
            value,
            ("peer", status.Of(link.Link.Peer)),
            ("die", link.Link.Die.Value.ToString(CultureInfo.InvariantCulture)),
            ("transport", link.Link.Transport.ToString().ToLowerInvariant())
        );
}
