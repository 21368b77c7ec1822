using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Json;
using ClusterRas.Ctl.Text;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl transfer</c>.</summary>
internal static class TransferCommand
{
    public static Command Create(AskingOptions asking, Surroundings surroundings)
    {
        var to = new Option<string?>("--to")
        {
            Description = "The voter that is to be master. Default: whichever is caught up",
            HelpName = "NODE",
        };
        var signing = new Signing();
        var command = new Command("transfer", "Has another voter made master; events go on meanwhile.") { to };
        signing.AddTo(command);
        command.SetAction(
            async (parsed, stop) =>
            {
                var wished = parsed.GetValue(to);
                using var asked = await Reach
                    .AnyAsync(asking.Plan(parsed, surroundings), surroundings, stop)
                    .ConfigureAwait(false);
                var was = new NodeNames(asked.Status).Of(asked.Status.Master);
                var isJson = asking.IsJson(parsed);
                if (wished is not null && wished == was)
                {
                    Write(isJson, surroundings, was, asked.Status.Master.Term, was);
                    return ExitCode.Done;
                }

                var request = new TransferRequest
                {
                    ToNodeName = wished ?? "",
                    By = signing.By(parsed),
                    Why = signing.Why(parsed),
                };
                var reply = await asked
                    .CallAsync(
                        (client, options) => client.TransferAsync(request, options),
                        TimeSpan.Zero,
                        "who is master, and who has a vote: rasctl status; whether it was asked for: rasctl audit",
                        stop
                    )
                    .ConfigureAwait(false);
                Write(isJson, surroundings, reply.MasterNodeName, reply.Term, was);
                return wished is null || wished == reply.MasterNodeName
                    ? ExitCode.Done
                    : throw RefusedException.No(
                        $"{asked.Title} says: {Printable.Of(reply.MasterNodeName)} is master now, not {wished}.\n"
                            + "  an election came between; ask again"
                    );
            }
        );
        return command;
    }

    private static void Write(bool isJson, Surroundings surroundings, string master, ulong term, string? was)
    {
        if (isJson)
        {
            surroundings.Out.WriteLine(
                JsonLine.Of(json =>
                {
                    json.Word("master", master);
                    json.WriteNumber("term", term);
                    json.Word("was", was);
                })
            );
            return;
        }

        var before =
            master == was ? "already"
            : was is null ? "now"
            : $"after {Printable.Of(was)}";
        Page.On(surroundings).Line($"{Printable.Of(master)} is master {before}, term {term}");
    }
}
