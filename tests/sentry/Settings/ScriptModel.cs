using ClusterRas.Fabric;
using ClusterRas.Fabric.Tests;

namespace ClusterRas.Sentry.Tests.Settings;

/// <summary>What one node's sysSentry is told, as texts that a test may spoil.</summary>
internal sealed class NodeModel
{
    public required string Name { get; init; }
    public string? Cna { get; set; }
    public required List<string> Eids { get; set; }
    public required List<List<string>> Lists { get; set; }
    public required string Jetty { get; set; }
    public required List<string> Cnas { get; set; }
    public string PanicMs { get; set; } = "35000";
    public string More { get; set; } = "";
    public string CnaOption { get; set; } = "--server_cna";

    public string Text =>
        $"""
            sentryctl set sentry_remote_reporter {(Cna is null ? "" : $"--cna={Cna}")} --eid='{string.Join(';', Eids)}'
            sentryctl set sentry_remote_reporter --panic_timeout_ms={PanicMs}
            sentryctl set sentry_urma_comm --server_eid='{string.Join(
                ';',
                Lists.Select(l => string.Join(',', l))
            )}' --client_jetty_id={Jetty}
            sentryctl set sentry_uvb_comm {CnaOption}='{string.Join(';', Cnas)}'
            {More}
            """;

    public static List<NodeModel> Of(Topology map) =>
        [
            .. map.Nodes.Select(node => new NodeModel
            {
                Name = node.Name,
                Cna = $"{node.Cna}",
                Eids = [.. node.Dies.Select(die => $"{die.Eid}")],
                Lists =
                [
                    .. node.Dies.Select(die =>
                        Others(map, node)
                            .Prepend(node)
                            .Where(peer => !map.Ub.Gaps.Contains(LinkGap.Between(die.Die, node.Id, peer.Id)))
                            .Select(peer => $"{peer.Dies[die.Die.Value].Eid}")
                            .ToList()
                    ),
                ],
                Jetty = $"{map.Ub.Jetty}",
                Cnas = [.. Others(map, node).Select(peer => $"{peer.Cna}")],
            }),
        ];

    public static (string, string)[] Files(List<NodeModel> nodes) =>
        [.. nodes.Select(node => (node.Name + ".sh", node.Text))];

    private static IEnumerable<TopologyNode> Others(Topology map, TopologyNode node) =>
        map.Nodes.Where(peer => peer.Id != node.Id);
}
