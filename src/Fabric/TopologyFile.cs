using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ClusterRas.Fabric.Drafts;
using ClusterRas.Fabric.Rules;

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
        var nodeCountMax = Math.Clamp((options ?? new()).NodeCountMax, 1, Limits.NodeCountMax);
        var text = new SourceText(path, utf8);
        var problems = new ProblemList(text);
        return TryDraft(text, utf8.Length, problems, nodeCountMax) is { } draft
            ? MapBuilder.Build(draft, problems, nodeCountMax)
            : new TopologyReading.Refused(problems.InOrderOfText());
    }

    /// <summary>Reads a file's text, by the same rules as its bytes.</summary>
    public static TopologyReading Read(string text, string path, TopologyReadOptions? options = null) =>
        Read(Encoding.UTF8.GetBytes(text), path, options);

    /// <summary>Every problem of a file, without making a map of it.</summary>
    /// <remarks>Of plans, too: the number of nodes has no other limit than the one that is given.</remarks>
    public static ImmutableArray<TopologyProblem> Check(ReadOnlySpan<byte> utf8, string path, int nodeCountMax)
    {
        var text = new SourceText(path, utf8);
        var problems = new ProblemList(text);
        if (TryDraft(text, utf8.Length, problems, nodeCountMax) is { } draft)
        {
            RuleBook.Check(draft, problems, nodeCountMax);
        }

        return problems.InOrderOfText();
    }

    /// <summary>The canonical text: every default written out, nodes by id. Reads back to an equal topology.</summary>
    public static string Write(Topology topology) =>
        Write(
            topology.Cluster,
            topology.Nodes,
            topology.ControlGroup.Select(id => topology[id].Name),
            topology.Ub,
            topology.Tuning,
            id => topology[id].Name
        );

    /// <summary>Writes anything, right or wrong, so that the reader can judge it.</summary>
    internal static string Write(
        string cluster,
        IEnumerable<TopologyNode> nodes,
        IEnumerable<string> control,
        UbSettings ub,
        Tuning tuning,
        Func<NodeId, string> nameOf
    ) => new TopologyWriter(nameOf).Write(cluster, nodes, control, ub, tuning);

    private static MapDraft? TryDraft(SourceText text, int lengthBytes, ProblemList problems, int nodeCountMax)
    {
        if (lengthBytes > LengthMaxBytes)
        {
            problems.Add(
                0,
                TopologyProblemCode.Syntax,
                string.Create(CultureInfo.InvariantCulture, $"the file has {lengthBytes} bytes"),
                "at most 262144",
                "check that this is the right file"
            );
            return null;
        }

        if (JsonTree.TryParse(text, out var root, out var problem))
        {
            return new TopologyReader(problems, nodeCountMax).Read(root);
        }

        problems.Add(problem);
        return null;
    }
}
