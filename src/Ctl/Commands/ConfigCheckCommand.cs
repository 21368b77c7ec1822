using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Json;
using ClusterRas.Ctl.Maps;
using ClusterRas.Ctl.Text;
using ClusterRas.Fabric;
using ClusterRas.Options;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl config check</c>.</summary>
internal static class ConfigCheckCommand
{
    public static Command Create(AskingOptions asking, Surroundings surroundings)
    {
        var files = TopologyArguments.Files(
            "Maps, files of nodes, which are held against the map, too, and files of channels"
        );
        var limit = TopologyArguments.Limit();
        var command = new Command("check", "Every mistake of the map and of nodes' files, and between the two.")
        {
            files,
            limit,
        };
        command.SetAction(parsed =>
        {
            var read = NodeFiles.Read(parsed.GetValue(files)!, TopologyArguments.LimitOf(parsed, limit));
            if (asking.IsJson(parsed))
            {
                surroundings.Out.WriteLine(JsonLine.Of(json => ConfigJson.Write(json, read)));
            }
            else
            {
                ConfigText.Write(Page.On(surroundings), read);
            }

            return ExitCode.Of(read.Max(file => file.Worst));
        });
        return command;
    }
}
