using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Maps;
using ClusterRas.Fabric;
using ClusterRas.Sentry.Settings;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl topology export</c>.</summary>
internal static class TopologyExportCommand
{
    public static Command Create(AskingOptions asking, Surroundings surroundings)
    {
        var file = TopologyArguments.File("FILE", "A topology file");
        var folder = new Option<string?>("--output-dir")
        {
            Description = "Write a file for each node there: NAME.sh",
            HelpName = "DIR",
        };
        var force = TopologyArguments.Force();
        var command = new Command("export", "The sentryctl lines that tell each node's sysSentry what the map says.")
        {
            file,
            folder,
            force,
        };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(file)!;
            var map = MapFiles.Load(path, surroundings);
            var nodes = asking.NodeName(parsed) is { } name ? [AskingOptions.Find(map, path, name)] : map.Nodes;
            if (map.Ub.Jetty is null)
            {
                surroundings.Note($"{path} names no jetty, so there are no lines for URMA.");
            }

            var mayReplace = parsed.GetValue(force);
            if (parsed.GetValue(folder) is { } target)
            {
                WriteFiles(map, nodes, target, mayReplace, surroundings);
            }
            else
            {
                surroundings.Out.Write(string.Join('\n', nodes.Select(node => SettingsScript.Of(map, node))));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static void WriteFiles(
        Topology map,
        IReadOnlyList<TopologyNode> nodes,
        string target,
        bool mayReplace,
        Surroundings surroundings
    )
    {
        var files = nodes.Select(node => (Path: Path.Combine(target, node.Name + ".sh"), Node: node)).ToList();
        var there = files.Where(file => File.Exists(file.Path)).Select(file => file.Path).ToList();
        if (there.Count > 0 && !mayReplace)
        {
            throw RefusedException.Usage(
                $"nothing was written, for these are there already: {string.Join(", ", there)}\n  replace them with --force"
            );
        }

        try
        {
            Directory.CreateDirectory(target);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw RefusedException.Usage($"{target} cannot be made: {failure.Message}");
        }

        foreach (var (path, node) in files)
        {
            OutputFile.Write(path, SettingsScript.Of(map, node), mayReplace);
        }

        surroundings.Note($"wrote {files.Count} files to {target}");
    }
}
