using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Json;
using ClusterRas.Ctl.Maps;
using ClusterRas.Ctl.Text;
using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl topology check</c>.</summary>
internal static class TopologyCheckCommand
{
    public static Command Create(AskingOptions asking, Surroundings surroundings)
    {
        var files = TopologyArguments.Files(
            "Topology files, or sentryctl lines (all scripts together are one cluster)"
        );
        var limit = TopologyArguments.Limit();
        var command = new Command("check", "Every mistake of a map at once, before any machine trusts it.")
        {
            files,
            limit,
        };
        command.SetAction(parsed =>
        {
            var maps = MapFiles.Read(parsed.GetValue(files)!, TopologyArguments.LimitOf(parsed, limit));
            if (asking.IsJson(parsed))
            {
                surroundings.Out.WriteLine(JsonLine.Of(json => ProblemJson.Write(json, maps)));
            }
            else
            {
                ProblemText.Write(Page.On(surroundings), maps);
            }

            return ExitCode.Of(maps.Max(map => ProblemText.WorstOf(map.Reading)));
        });
        return command;
    }
}
