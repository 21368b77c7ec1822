using System.Collections.Immutable;
using System.Globalization;
using ClusterRas.Ctl.Text;
using ClusterRas.Fabric;
using ClusterRas.Options;

namespace ClusterRas.Ctl.Maps;

/// <summary>A checked file: a map, the file of a node, or one of channels.</summary>
/// <param name="Path">As it was given.</param>
/// <param name="Is">What it turned out to be, in a word or two.</param>
/// <param name="Problems">In the order of its text.</param>
internal sealed record CheckedFile(string Path, string Is, ImmutableArray<TopologyProblem> Problems)
{
    /// <summary>Null: nothing is wrong.</summary>
    public TopologySeverity? Worst => Problems.IsEmpty ? null : Problems.Max(problem => problem.Severity);
}

/// <summary>Files of nodes, beside the maps that they are of.</summary>
internal static class NodeFiles
{
    /// <summary>Each file by itself; and a node's file against the only map that is given, or the map that it names.</summary>
    public static List<CheckedFile> Read(IReadOnlyList<string> paths, int nodeCountMax)
    {
        var isChannels = paths
            .Select(ReadFile.Of)
            .ToLookup(file => file.Problem is null && NotificationFileReader.IsNotificationFile(file.Bytes));
        var isNode = isChannels[false].ToLookup(file => file.Problem is null && NodeFileReader.IsNodeFile(file.Bytes));
        var read = MapFiles.Read([.. isNode[false]], nodeCountMax);
        var given = read.Select(map => map.Reading).OfType<TopologyReading.Accepted>().ToList();
        var mapPath = read.Count == 1 && given.Count == 1 ? read[0].Paths[0] : null;
        return
        [
            .. read.Select(map => new CheckedFile(string.Join(' ', map.Paths), Words(map.Reading), map.Reading.All)),
            .. isNode[true]
                .Select(node => Check(node.Path, node.Bytes, mapPath, mapPath is null ? null : given[0].Topology)),
            .. isChannels[true].Select(channels => Check(channels.Path, channels.Bytes)),
        ];
    }

    private static CheckedFile Check(string path, byte[] bytes)
    {
        var (file, problems) = NotificationFileReader.Read(bytes, path);
        var count = file.Channels.Length;
        return new CheckedFile(
            path,
            string.Create(CultureInfo.InvariantCulture, $"notifications, {count} channel{(count == 1 ? "" : "s")}"),
            problems
        );
    }

    private static CheckedFile Check(string path, byte[] bytes, string? mapPath, Topology? map)
    {
        var (file, problems) = NodeFileReader.Read(bytes, path);
        var what = "a node's file, held against no map";
        if (map is null && file.Topology is { } named)
        {
            mapPath = Path.Combine(Path.GetDirectoryName(path) ?? "", named.Value);
            if (Path.Exists(mapPath))
            {
                var reading = MapFiles.Read([mapPath], Limits.NodeCountMax)[0].Reading;
                map = (reading as TopologyReading.Accepted)?.Topology;
                problems = map is null ? [.. problems, OfWrongMap(named, mapPath, reading)] : problems;
            }
            else
            {
                what += $": {Printable.Of(mapPath)} is not here";
            }
        }

        if (map is not null)
        {
            what = $"a node's file, held against {mapPath}";
            problems = [.. problems, .. NodeFileRule.Check(file, map, mapPath!)];
        }

        return new CheckedFile(path, what, [.. problems.OrderBy(one => one.Line).ThenBy(one => one.Column)]);
    }

    // Its own problems are told by a check of it: here it is one.
    private static TopologyProblem OfWrongMap(Said<string> named, string mapPath, TopologyReading reading) =>
        named.At.Text.Problem(
            named.At.Offset,
            reading.All[0].Code == TopologyProblemCode.Unreadable
                ? TopologyProblemCode.Unreadable
                : TopologyProblemCode.Option,
            $"topology {Spelling.Shown(named.Value)}: {ProblemText.Counted(reading.All)}, the first: {reading.All[0].Found}",
            "a map that rasd starts with",
            $"see all of it: rasctl topology check {mapPath}"
        );

    private static string Words(TopologyReading reading) =>
        reading is TopologyReading.Accepted { Topology: var map } ? $"the map {map}" : "no map";
}
