using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Watching;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl events watch</c>.</summary>
internal static class EventsWatchCommand
{
    public static Command Create(AskingOptions asking, Surroundings surroundings)
    {
        var command = new Command("watch", "A line for each change of incidents, nodes and mastership, until Ctrl-C.");
        command.SetAction(
            (parsed, stop) =>
                new Watch(asking.Plan(parsed, surroundings), surroundings, asking.IsJson(parsed)).RunAsync(stop)
        );
        return command;
    }
}
