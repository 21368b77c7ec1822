using System.Collections.Immutable;
using ClusterRas.Fabric;
using ClusterRas.Options;

namespace ClusterRas.Ctl.Maps;

/// <summary>A checked file: a map, or the file of a node.</summary>
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
        var nodes = new List<(string Path, byte[] Bytes)>();
        var maps = new List<string>();
        foreach (var path in paths)
        {
            if (MapFiles.TryReadBytes(path, out var bytes, out _) && NodeFileReader.IsNodeFile(bytes))
            {
                nodes.Add((path, bytes));
            }
            else
            {
                maps.Add(path);
            }
        }

        var read = MapFiles.Read(maps, nodeCountMax);
        var given = read.Select(map => map.Reading).OfType<TopologyReading.Accepted>().ToList();
        var mapPath = read.Count == 1 && given.Count == 1 ? read[0].Paths[0] : null;
        return
        [
            .. read.Select(map => new CheckedFile(string.Join(' ', map.Paths), Words(map.Reading), map.Reading.All)),
            .. nodes.Select(node => Check(node.Path, node.Bytes, mapPath, mapPath is null ? null : given[0].Topology)),
        ];
    }

    private static CheckedFile Check(string path, byte[] bytes, string? mapPath, Topology? map)
    {
        var (file, problems) = NodeFileReader.Read(bytes, path);
        var what = "a node's file, held against no map";
        if (map is null && file.Topology is { } named)
        {
            mapPath = Path.Combine(Path.GetDirectoryName(path) ?? "", named.Value);
            map = File.Exists(mapPath)
                ? (MapFiles.Read([mapPath], Limits.NodeCountMax)[0].Reading as TopologyReading.Accepted)?.Topology
                : null;
        }

        if (map is not null)
        {
            what = $"a node's file, held against {mapPath}";
            problems = [.. problems, .. NodeFileRule.Check(file, map, mapPath!)];
        }

        return new CheckedFile(path, what, [.. problems.OrderBy(one => one.Line).ThenBy(one => one.Column)]);
    }

    private static string Words(TopologyReading reading) =>
        reading is TopologyReading.Accepted { Topology: var map } ? $"the map {map}" : "no map";
}
