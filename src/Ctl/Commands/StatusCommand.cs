using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Json;
using ClusterRas.Ctl.Text;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl status</c>.</summary>
internal static class StatusCommand
{
    public static Command Create(AskingOptions asking, Surroundings surroundings)
    {
        var links = new Option<bool>("--links") { Description = "Also the asked node's links, by peer and DIE" };
        var command = new Command("status", "Who is master, how every node looks, and how old this knowledge is.")
        {
            links,
        };
        command.SetAction(
            async (parsed, stop) =>
            {
                using var asked = await Reach
                    .AnyAsync(asking.Plan(parsed, surroundings), surroundings, stop)
                    .ConfigureAwait(false);
                var withLinks = parsed.GetValue(links);
                if (asking.IsJson(parsed))
                {
                    var names = new NodeNames(asked.Status);
                    var line = JsonLine.Of(json => StatusJson.Write(json, asked.Status, names, true, withLinks));
                    await surroundings.Out.WriteLineAsync(line).ConfigureAwait(false);
                }
                else
                {
                    StatusText.Write(Page.On(surroundings), asked, withLinks);
                }

                return ExitCode.Done;
            }
        );
        return command;
    }
}
