using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Json;
using ClusterRas.Ctl.Text;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl drain NODE</c>.</summary>
internal static class DrainCommand
{
    // Its seat moves in up to three steps.
    private static readonly TimeSpan Longer = TimeSpan.FromSeconds(15);

    public static Command Create(AskingOptions asking, Surroundings surroundings)
    {
        var node = new Argument<string>("NODE") { Description = "The live node that somebody will stop" };
        var off = new Option<bool>("--off") { Description = "It is not to be stopped after all" };
        var signing = new Signing();
        var command = new Command("drain", "Has a node give up its seat in the control group, before it is stopped.")
        {
            node,
            off,
        };
        signing.AddTo(command);
        command.SetAction(
            async (parsed, stop) =>
            {
                var name = parsed.GetRequiredValue(node);
                var isOff = parsed.GetValue(off);
                var request = new DrainRequest
                {
                    NodeName = name,
                    Off = isOff,
                    By = signing.By(parsed),
                    Why = signing.Why(parsed),
                };
                using var asked = await Reach
                    .AnyAsync(asking.Plan(parsed, surroundings), surroundings, stop)
                    .ConfigureAwait(false);
                var reply = await asked
                    .CallAsync(
                        (client, options) => client.DrainAsync(request, options),
                        Longer,
                        "who has a seat, and who is up: rasctl status; whether it was asked for: rasctl audit",
                        stop
                    )
                    .ConfigureAwait(false);
                Write(asking.IsJson(parsed), surroundings, name, isOff, reply);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static void Write(bool isJson, Surroundings surroundings, string node, bool isOff, DrainReply reply)
    {
        if (isJson)
        {
            surroundings.Out.WriteLine(
                JsonLine.Of(json =>
                {
                    json.Word("node", node);
                    json.WriteBoolean("draining", !isOff);
                    json.WordList("voters", reply.VoterNodeNames);
                    json.Word("master", reply.MasterNodeName);
                    json.WriteNumber("term", reply.Term);
                })
            );
            return;
        }

        var voters = string.Join(", ", reply.VoterNodeNames.Select(Printable.Of));
        var master =
            reply.MasterNodeName.Length > 0 ? $"{Printable.Of(reply.MasterNodeName)} is master" : "no master known";
        var page = Page.On(surroundings);
        page.Line(isOff ? $"{node} may have a seat again" : $"{node} is drained and can be stopped");
        page.Line($"voters: {voters}; {master}, term {reply.Term}");
    }
}
