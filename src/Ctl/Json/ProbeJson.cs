using System.Text.Json;
using ClusterRas.Ctl.Probing;
using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Json;

/// <summary>A probe for programs.</summary>
internal static class ProbeJson
{
    public static void Write(Utf8JsonWriter json, Probe probe)
    {
        json.WriteBoolean("as_planned", probe.IsAsPlanned);
        json.WriteString("topology_digest", probe.Map.Digest.ToString());
        json.List(
            "nodes",
            probe.Nodes,
            static (to, node) =>
            {
                to.WriteString("name", node.Node.Name);
                to.Word("topology_digest", node.Status?.TopologyDigest);
                to.Number("map_version", node.Status?.MapVersion);
                to.List(
                    "dies",
                    node.Dies.Index(),
                    static (die, found) =>
                    {
                        die.WriteNumber("die", found.Index);
                        die.WriteBoolean("answers", found.Item.Length == 0);
                        die.Word("found", found.Item);
                    }
                );
            }
        );
        json.List(
            "links",
            probe.Links,
            (to, link) =>
            {
                to.WordList("nodes", [probe.Map[link.Link.Lower].Name, probe.Map[link.Link.Higher].Name]);
                DiffJson.WriteWay(to, link.Link.Die, link.Link.Transport);
                to.WriteString("finding", WordOf(link.Finding));
                to.Number("rtt_us", link.RttUs);
                to.Word("reason", link.Reason);
            }
        );
    }

    private static string WordOf(LinkFinding finding) =>
        finding switch
        {
            LinkFinding.Up => "up",
            LinkFinding.HalfUp => "half_up",
            LinkFinding.Down => "down",
            LinkFinding.Unknown => "unknown",
            _ => "not_built",
        };
}
