using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ClusterRas.Fabric;

/// <summary>The text form of a topology: JSON, with comments and trailing commas allowed.</summary>
public static class TopologyFile
{
    /// <summary>Longest file, in bytes. 32 nodes take about 10 KB; a longer file is another one by mistake.</summary>
    public const int LengthMaxBytes = 256 * 1024;

    /// <summary>Reads a file's bytes: UTF-8, with or without byte order mark. Never throws on what they hold.</summary>
    /// <param name="utf8">The file's content.</param>
    /// <param name="path">Its name, for the problems; it is not opened.</param>
    /// <param name="options">Null: the defaults.</param>
    public static TopologyReading Read(ReadOnlySpan<byte> utf8, string path, TopologyReadOptions? options = null)
    {
        var text = new SourceText(path, utf8);
        if (utf8.Length > LengthMaxBytes)
        {
            return new TopologyReading.Refused([
                text.Problem(
                    0,
                    TopologyProblemCode.Syntax,
                    string.Create(CultureInfo.InvariantCulture, $"the file has {utf8.Length} bytes"),
                    "at most 262144",
                    "check that this is the right file"
                ),
            ]);
        }

        return JsonTree.TryParse(text, out var root, out var problem)
            ? new TopologyReader(text, options ?? new TopologyReadOptions()).Read(root)
            : new TopologyReading.Refused([problem]);
    }

    /// <summary>Reads a file's text, by the same rules as its bytes.</summary>
    public static TopologyReading Read(string text, string path, TopologyReadOptions? options = null) =>
        Read(Encoding.UTF8.GetBytes(text), path, options);

    /// <summary>The canonical text: every default written out, nodes by id. Reads back to an equal topology.</summary>
    public static string Write(Topology topology) =>
        Write(topology.Cluster, topology.Nodes, topology.ControlGroup.Select(id => topology[id].Name));

    /// <summary>Writes anything, right or wrong, so that the reader can judge it.</summary>
    internal static string Write(string cluster, IEnumerable<TopologyNode> nodes, IEnumerable<string> control)
    {
        var culture = CultureInfo.InvariantCulture;
        var text = new StringBuilder();
        text.Append(culture, $"{{\n  \"version\": {Topology.FormatVersion},\n  \"cluster\": {Quote(cluster)},\n");
        text.Append(culture, $"  \"control\": [{string.Join(", ", control.Select(Quote))}],\n  \"nodes\": [");
        var nodeBreak = "\n";
        foreach (var node in nodes)
        {
            text.Append(culture, $"{nodeBreak}    {{ \"id\": {node.Id.Value}, \"name\": {Quote(node.Name)}, ");
            text.Append(node.Cna is { } cna ? $"\"cna\": {cna}, " : "").Append("\"dies\": [");
            var dieBreak = "\n";
            foreach (var die in node.Dies)
            {
                text.Append(
                    culture,
                    $"{dieBreak}      {{ \"eid\": \"{die.Eid}\", \"grpc\": {Quote(die.Grpc.ToString())} }}"
                );
                dieBreak = ",\n";
            }

            text.Append(" ] }");
            nodeBreak = ",\n";
        }

        return text.Append("\n  ]\n}\n").ToString();
    }

    private static string Quote(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}
