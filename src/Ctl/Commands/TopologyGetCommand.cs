using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Maps;
using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl topology get</c>.</summary>
internal static class TopologyGetCommand
{
    public static Command Create(AskingOptions asking, Surroundings surroundings)
    {
        var output = TopologyArguments.Output();
        var force = TopologyArguments.Force();
        var command = new Command("get", "The map with which the cluster runs, as a file: to be changed and applied.")
        {
            output,
            force,
        };
        command.SetAction(
            async (parsed, stop) =>
            {
                using var asked = await Reach
                    .AnyAsync(asking.Plan(parsed, surroundings), surroundings, stop)
                    .ConfigureAwait(false);
                var (map, version) = await LiveMap.OfAsync(asked, stop).ConfigureAwait(false);
                var text = TopologyFile.Write(map);
                if (parsed.GetValue(output) is { } path)
                {
                    OutputFile.Write(path, text, parsed.GetValue(force));
                    surroundings.Note($"wrote {path}: version {version}, {map}");
                }
                else
                {
                    await surroundings.Out.WriteAsync(text).ConfigureAwait(false);
                }

                return ExitCode.Done;
            }
        );
        return command;
    }
}
