using System.Globalization;
using System.Text;
using ClusterRas.Fabric;

namespace ClusterRas.TopologyBench;

/// <summary>Valid maps of any size, with two DIEs a node.</summary>
internal static class Maps
{
    public static byte[] Json(int nodeCount)
    {
        var culture = CultureInfo.InvariantCulture;
        var text = new StringBuilder("{\"version\":1,\"cluster\":\"bench\",\"jetty\":100,\"nodes\":[");
        for (var node = 0; node < nodeCount; node++)
        {
            text.Append(
                culture,
                $"{(node == 0 ? "" : ",")}\n{{\"id\":{node},\"name\":\"n{node}\",\"cna\":{node},\"dies\":["
            );
            text.Append(culture, $"{{\"eid\":\"{EidOf(node, 0)}\"}},{{\"eid\":\"{EidOf(node, 1)}\"}}]}}");
        }

        return Encoding.UTF8.GetBytes(text.Append("]}\n").ToString());
    }

    /// <summary>One node's lines, with lists of all others.</summary>
    public static SourceText Lines(int node, int nodeCount)
    {
        var others = Enumerable.Range(0, nodeCount).Where(other => other != node).ToList();
        var lists = Enumerable
            .Range(0, 2)
            .Select(die => string.Join(',', others.Prepend(node).Select(peer => EidOf(peer, die))));
        var text = $"""
            sentryctl set sentry_remote_reporter --cna={node} --eid='{EidOf(node, 0)};{EidOf(node, 1)}'
            sentryctl set sentry_urma_comm --server_eid='{string.Join(';', lists)}' --client_jetty_id=100
            sentryctl set sentry_uvb_comm --server_cna='{string.Join(';', others)}'
            """;
        return new SourceText($"n{node}.sh", Encoding.UTF8.GetBytes(text));
    }

    private static Eid EidOf(int node, int die) => new(0xfd00_0000_0000_0000 | ((ulong)die << 32), (ulong)node + 1);
}
