using ClusterRas.Protocol;

namespace ClusterRas.Master.Notifications;

/// <summary>What there is to say about an incident, out of the ledger.</summary>
internal static class NotificationText
{
    /// <param name="now">By the wall clock.</param>
    public static Notification Of(
        NodeStatus status,
        Incident incident,
        string channel,
        NoticeMoment moment,
        DateTimeOffset now
    )
    {
        var reports = incident.Reports;
        return new Notification
        {
            Channel = channel,
            Moment = moment,
            Cluster = status.Map.Topology.Cluster,
            ClusterId = status.Cluster,
            Incident = incident.Id,
            Node = NameOf(status, incident.Victim),
            Kind = incident.Kind,
            IsDrill = reports.Exists(report => report.Words.Id.Door == ReportDoor.Drill),
            IsSilent = incident.FellSilent || incident.Kind == EventKind.Silent,
            Witnesses =
            [
                .. reports.Select(report => report.Words.Id.Witness).Distinct().Select(node => NameOf(status, node)),
            ],
            Words =
                reports.Select(report => report.Words.Detail).OfType<EventDetail.Text>().FirstOrDefault()?.Value ?? "",
            At = now - (status.At - incident.ClaimedAt),
            Ended = moment == NoticeMoment.Closed ? incident.Closed : null,
            Master = NameOf(status, status.Node),
        };
    }

    private static string NameOf(NodeStatus status, Fabric.NodeId node) =>
        FormerNode.NameOf(node, status.Map.Topology, status.Map.Former);
}
