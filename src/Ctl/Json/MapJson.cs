using System.Text.Json;
using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Json;

/// <summary>A map for programs: the file's own members, the digest, and all links that it plans.</summary>
internal static class MapJson
{
    public static void Write(Utf8JsonWriter json, Topology map)
    {
        json.WriteString("digest", map.Digest.ToString());
        json.WritePropertyName("map");
        json.WriteRawValue(JsonOf(map));
        json.List(
            "links",
            PlannedLink.AllOf(map),
            (to, link) =>
            {
                to.WordList("nodes", [map[link.Lower].Name, map[link.Higher].Name]);
                DiffJson.WriteWay(to, link.Die, link.Transport);
            }
        );
    }

    private static string JsonOf(Topology map)
    {
        using var parsed = JsonDocument.Parse(TopologyFile.Write(map));
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        using (var compact = new Utf8JsonWriter(bytes))
        {
            parsed.WriteTo(compact);
        }

        return System.Text.Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
