using ClusterRas.Fabric;
using ClusterRas.Sentry.Settings;

namespace ClusterRas.Ctl.Maps;

/// <summary>Copies of the drivers' files: of one node, or in a folder for each node.</summary>
internal static class ProcTree
{
    private static readonly string[] Markers = [.. SettingFiles.Paths.Select(path => path.Split('/')[0]).Distinct()];

    /// <summary>All nodes below a folder, by name.</summary>
    public static List<NodeSettings> Read(string folder, ProblemList problems)
    {
        var nodes = new List<NodeSettings>();
        try
        {
            if (ProcOf(folder) is { } own)
            {
                nodes.Add(ReadNode(own, HostNameIn(folder), problems));
                return nodes;
            }

            foreach (var child in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
            {
                if (ProcOf(child) is { } proc)
                {
                    var name = Path.GetFileName(child).Split('.')[0].ToLowerInvariant();
                    nodes.Add(ReadNode(proc, name, problems));
                }
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            Refuse(TopologyProblemCode.Unreadable, $"the folder cannot be read: {failure.Message.TrimEnd('.')}");
            return nodes;
        }

        if (!nodes.Exists(node => node.IsTold))
        {
            Refuse(
                TopologyProblemCode.NoSettings,
                nodes.Count == 0
                    ? $"no {Markers[0]} in it, nor in proc/, nor in the folders below it"
                    : $"the {nodes.Count} nodes in it have nothing set"
            );
        }

        return nodes;

        void Refuse(TopologyProblemCode code, string found) =>
            problems.Add(
                new SourceText(folder, default).At(0),
                code,
                found,
                "a copy of /proc/sentry_* of one node, or one folder with such a copy for each node",
                $"copy it with: cp -r --parents /proc/sentry_* DIR"
            );
    }

    private static string? ProcOf(string folder) =>
        new[] { folder, Path.Combine(folder, "proc") }.FirstOrDefault(place =>
            Markers.Any(marker => Directory.Exists(Path.Combine(place, marker)))
        );

    private static string? HostNameIn(string folder)
    {
        var file = Path.Combine(folder, "etc", "hostname");
        if (InputFile.Refusal(file, out var bytes) is not null)
        {
            return null;
        }

        var name = System.Text.Encoding.UTF8.GetString(bytes).Trim().Split('.')[0].ToLowerInvariant();
        return DnsLabel.IsValid(name) ? name : null;
    }

    private static NodeSettings ReadNode(string proc, string? name, ProblemList problems)
    {
        var node = new NodeSettings(name, new SourceText(proc, default).At(0));
        var files = new SettingFiles(node, problems);
        foreach (var path in SettingFiles.Paths)
        {
            var file = Path.Combine(proc, path);
            if (!Path.Exists(file))
            {
                continue;
            }

            if (MapFiles.TryReadBytes(file, out var bytes, out var problem))
            {
                files.Take(path, new SourceText(file, bytes));
            }
            else
            {
                problems.Add(problem);
            }
        }

        return node;
    }
}
