using System.Text.Json;
using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Json;

/// <summary>The difference of two maps for programs.</summary>
internal static class DiffJson
{
    public static void Write(Utf8JsonWriter json, Topology before, Topology after, TopologyDiff diff)
    {
        json.WriteString("before_digest", before.Digest.ToString());
        json.WriteString("after_digest", after.Digest.ToString());
        json.List(
            "changes",
            diff.Cluster.Select(change => ((string?)null, change))
                .Concat(diff.Nodes.SelectMany(node => node.Value.Select(change => ((string?)node.Key, change)))),
            Write
        );
        json.List(
            "links",
            diff.Links.Where(link => link.Fate != LinkFate.Stays),
            static (to, link) =>
            {
                to.WordList("nodes", [link.One, link.Other]);
                WriteWay(to, link.Die, link.Transport);
                to.WriteString("fate", WordOf(link.Fate));
            }
        );
        json.WriteNumber("links_that_stay", diff.Links.Count(link => link.Fate == LinkFate.Stays));
    }

    /// <summary>Fields <c>die</c> and <c>transport</c>; UVB has no rails.</summary>
    public static void WriteWay(Utf8JsonWriter json, Die die, TransportKind transport)
    {
        json.Number("die", transport == TransportKind.Uvb ? null : (ulong)die.Value);
        json.WriteString("transport", WordOf(transport));
    }

    /// <summary>As in proto files.</summary>
    public static string WordOf(TransportKind transport) =>
        transport switch
        {
            TransportKind.Urma => "urma",
            TransportKind.Uvb => "uvb",
            _ => "grpc",
        };

    private static void Write(Utf8JsonWriter json, (string? Node, TopologyChange Change) one)
    {
        json.Word("node", one.Node);
        json.WriteString("what", one.Change.What);
        json.Word("before", one.Change.Before);
        json.Word("after", one.Change.After);
    }

    private static string WordOf(LinkFate fate) =>
        fate switch
        {
            LinkFate.GoesDown => "goes_down",
            LinkFate.ComesUp => "comes_up",
            LinkFate.Remade => "remade",
            _ => "stays",
        };
}
