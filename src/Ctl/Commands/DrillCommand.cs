using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Json;
using ClusterRas.Ctl.Text;
using ClusterRas.Fabric;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl drill KIND VICTIM</c>.</summary>
internal static class DrillCommand
{
    public static Command Create(AskingOptions asking, Surroundings surroundings) =>
        new("drill", "Says a word at the asked node as if it had heard it: tries the whole road, handlers included.")
        {
            OfKind("panic", EventKind.Panic, "VICTIM's kernel panics.", asking, surroundings),
            OfKind("reboot", EventKind.KernelReboot, "VICTIM's kernel restarts.", asking, surroundings),
            OfKind("poweroff", EventKind.PowerOff, "VICTIM is asked to power off.", asking, surroundings),
        };

    private static Command OfKind(
        string name,
        EventKind kind,
        string says,
        AskingOptions asking,
        Surroundings surroundings
    )
    {
        var victim = new Argument<string>("VICTIM") { Description = "The node that the word is about" };
        var windowMs = WholeNumber.Option("--window-ms", "N", 1, Limits.WindowMsMax);
        windowMs.Description = "How long the victim is to wait for its ack. Default: no window, nobody waits";
        var text = new Option<string?>("--text") { Description = "Kept with the word", HelpName = "T" };
        var command = new Command(name, says) { victim, windowMs, text };
        command.SetAction(
            async (parsed, stop) =>
            {
                var request = new DrillRequest
                {
                    VictimNodeName = parsed.GetValue(victim) ?? "",
                    Kind = kind,
                    Text = parsed.GetValue(text) ?? "",
                };
                if (parsed.GetValue(windowMs) is { } window)
                {
                    request.WindowMs = (ulong)window;
                }

                using var asked = await Reach
                    .AnyAsync(asking.Plan(parsed, surroundings), surroundings, stop)
                    .ConfigureAwait(false);
                var reply = await asked
                    .CallAsync(
                        (client, options) => client.DrillAsync(request, options),
                        TimeSpan.FromMilliseconds(request.WindowMs),
                        "whether the word went out: rasctl events list --open; who is there: rasctl status",
                        stop
                    )
                    .ConfigureAwait(false);
                return Write(asking.IsJson(parsed), surroundings, asked, request, reply);
            }
        );
        return command;
    }

    private static int Write(
        bool isJson,
        Surroundings surroundings,
        ReachedNode asked,
        DrillRequest request,
        DrillReply reply
    )
    {
        if (isJson)
        {
            surroundings.Out.WriteLine(
                JsonLine.Of(json =>
                {
                    json.Number("incident", reply.HasIncident ? reply.Incident : null);
                    json.Word("verdict", Words.Of(reply.Verdict));
                    json.WriteNumber("result", reply.Result);
                    json.Number("window_left_ms", reply.HasWindowLeftMs ? reply.WindowLeftMs : null);
                    json.WriteString("asked", asked.Name);
                })
            );
        }

        if (reply.Verdict == Verdict.UnknownVictim)
        {
            throw RefusedException.No(
                $"{asked.Title} says: the topology has no node \"{request.VictimNodeName}\"\n"
                    + "  rasctl status shows the nodes"
            );
        }

        if (!reply.HasIncident)
        {
            throw RefusedException.No(
                $"{asked.Title} says: not committed within the window. The word is kept and sent on.\n"
                    + "  is there a master? rasctl status; and later: rasctl events list"
            );
        }

        if (!isJson)
        {
            var left = reply.HasWindowLeftMs ? $"{Spans.OfMs(reply.WindowLeftMs)} of the window left" : "no window";
            var title = $"{IncidentWords.NounOf(request.Kind)} of {request.VictimNodeName} (drill)";
            var answer = IncidentWords.AnswerOf(reply.Verdict, reply.Result);
            Page.On(surroundings).Line($"incident {reply.Incident}: {title}, {answer}, {left}; said at {asked.Name}");
        }

        return ExitCode.Done;
    }
}
