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
        var incident = WholeNumber.Option("--incident", "ID", 1, int.MaxValue);
        incident.Description = "This incident alone, as it grows";
        var command = new Command(
            "top",
            "The cluster on the whole terminal, each second anew, until Ctrl-C. Elsewhere a line for each change."
        )
        {
            links,
            incident,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(links) && result.GetValue(incident) is not null)
            {
                result.AddError("--links and --incident exclude each other.");
            }
        });
        command.SetAction(
            (parsed, stop) =>
            {
                var plan = asking.Plan(parsed, surroundings);
                var only = (ulong?)parsed.GetValue(incident);
                ITopScene scene = only is { } id ? new IncidentScene(id) : new ClusterScene(parsed.GetValue(links));
                // A pipe has no screen: what changes is told line by line there, as "events watch" does.
                return surroundings.HasColour && !asking.IsJson(parsed)
                    ? new TopScreen(plan, surroundings, scene).RunAsync(stop)
                    : new Watch(plan, surroundings, asking.IsJson(parsed), only).RunAsync(stop);
            }
        );
        return command;
    }
}
