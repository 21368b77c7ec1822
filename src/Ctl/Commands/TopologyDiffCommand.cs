using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Json;
using ClusterRas.Ctl.Maps;
using ClusterRas.Ctl.Text;
using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl topology diff</c>.</summary>
internal static class TopologyDiffCommand
{
    public static Command Create(AskingOptions asking, Surroundings surroundings)
    {
        var before = TopologyArguments.File("A", "The map that holds");
        var after = TopologyArguments.File("B", "The map that is to take its place");
        var command = new Command("diff", "What changes for whom from A to B, and which links go down and come up.")
        {
            before,
            after,
        };
        command.SetAction(parsed =>
        {
            var old = MapFiles.Load(parsed.GetValue(before)!, surroundings);
            var next = MapFiles.Load(parsed.GetValue(after)!, surroundings);
            var diff = TopologyDiff.Between(old, next);
            if (asking.IsJson(parsed))
            {
                surroundings.Out.WriteLine(JsonLine.Of(json => DiffJson.Write(json, old, next, diff)));
            }
            else
            {
                DiffText.Write(Page.On(surroundings), old, next, diff);
            }

            return diff.IsEmpty ? ExitCode.Done : ExitCode.Refused;
        });
        return command;
    }
}
