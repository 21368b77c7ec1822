using System.Globalization;
using System.Text;
using ClusterRas.Fabric;

namespace ClusterRas.Sentry.Settings;

/// <summary>Writes the lines that tell a node's sysSentry what the map says.</summary>
public static class SettingsScript
{
    /// <summary>The lines of one node, under a heading that names it.</summary>
    public static string Of(Topology map, TopologyNode node)
    {
        var culture = CultureInfo.InvariantCulture;
        var text = new StringBuilder();
        text.Append(culture, $"# node {node.Name} of cluster {map.Cluster}\n");
        text.Append(culture, $"sentryctl set {SettingOption.Reporter}");
        text.Append(node.Cna is { } cna ? $" --{SettingOption.Cna}={cna}" : "");
        text.Append(culture, $" --{SettingOption.Eid}='{string.Join(';', node.Dies.Select(die => die.Eid))}'");
        var timeouts = map.TimeoutsOf(node);
        if (timeouts.PanicMs is { } panic)
        {
            text.Append(culture, $" --{SettingOption.PanicTimeout}={panic}");
        }

        if (timeouts.KernelRebootMs is { } reboot)
        {
            text.Append(culture, $" --{SettingOption.RebootTimeout}={reboot}");
        }

        text.Append('\n');
        if (map.Ub.Jetty is { } jetty)
        {
            // The local eid first, then the others by id; the same order on every DIE.
            var lists = node.Dies.Select(die =>
                string.Join(',', PeersOf(map, node, die.Die).Prepend(node).Select(peer => peer.Dies[die.Die.Value].Eid))
            );
            text.Append(
                culture,
                $"sentryctl set {SettingOption.Urma} --{SettingOption.ServerEid}='{string.Join(';', lists)}'"
            );
            text.Append(culture, $" --{SettingOption.JettyId}={jetty}\n");
        }

        // A node without a CNA has no UVB: its driver does not even register a handler.
        var cnas = map.Nodes.Where(peer => peer.Id != node.Id).Select(peer => peer.Cna).OfType<Cna>().ToList();
        if (node.Cna is not null && cnas.Count > 0)
        {
            text.Append(
                culture,
                $"sentryctl set {SettingOption.Uvb} --{SettingOption.ServerCna}='{string.Join(';', cnas)}'\n"
            );
        }

        return text.ToString();
    }

    private static IEnumerable<TopologyNode> PeersOf(Topology map, TopologyNode node, Die die) =>
        map.Nodes.Where(peer => peer.Id != node.Id && !map.Ub.Gaps.Contains(LinkGap.Between(die, node.Id, peer.Id)));
}
