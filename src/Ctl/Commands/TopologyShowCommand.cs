using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Json;
using ClusterRas.Ctl.Maps;
using ClusterRas.Ctl.Pictures;
using ClusterRas.Ctl.Text;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl topology show</c>.</summary>
internal static class TopologyShowCommand
{
    public static Command Create(AskingOptions asking, Surroundings surroundings)
    {
        var file = TopologyArguments.File("FILE", "A topology file");
        var svg = new Option<string?>("--svg")
        {
            Description = "Write a picture there instead; \"-\": to standard output",
            HelpName = "FILE",
        };
        var force = TopologyArguments.Force();
        var command = new Command("show", "The map as a table, as a matrix of links, or as a picture.")
        {
            file,
            svg,
            force,
        };
        command.SetAction(parsed =>
        {
            var map = MapFiles.Load(parsed.GetValue(file)!, surroundings);
            if (parsed.GetValue(svg) is { } target)
            {
                var picture = MapPicture.Of(map);
                if (target == "-")
                {
                    surroundings.Out.Write(picture);
                }
                else
                {
                    OutputFile.Write(target, picture, parsed.GetValue(force));
                }
            }
            else if (asking.IsJson(parsed))
            {
                surroundings.Out.WriteLine(JsonLine.Of(json => MapJson.Write(json, map)));
            }
            else
            {
                MapText.Write(Page.On(surroundings), map);
            }

            return ExitCode.Done;
        });
        return command;
    }
}
