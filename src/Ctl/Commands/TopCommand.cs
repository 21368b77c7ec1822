using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Watching;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl top</c>.</summary>
internal static class TopCommand
{
    public static Command Create(AskingOptions asking, Surroundings surroundings)
    {
        var links = new Option<bool>("--links") { Description = "Also the asked node's links, by peer and DIE" };
        var command = new Command(
            "top",
            "The cluster on the whole terminal, each second anew, until Ctrl-C. Elsewhere a line for each change."
        )
        {
            links,
        };
        command.SetAction(
            (parsed, stop) =>
            {
                var plan = asking.Plan(parsed, surroundings);
                // A pipe has no screen: what changes is told line by line there, as "events watch" does.
                return surroundings.HasColour && !asking.IsJson(parsed)
                    ? new TopScreen(plan, surroundings, parsed.GetValue(links)).RunAsync(stop)
                    : new Watch(plan, surroundings, asking.IsJson(parsed)).RunAsync(stop);
            }
        );
        return command;
    }
}
