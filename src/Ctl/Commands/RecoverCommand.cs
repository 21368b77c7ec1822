using System.CommandLine;
using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Json;
using ClusterRas.Ctl.Text;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Commands;

/// <summary><c>rasctl recover</c>: first shows what would be done, then does what was shown.</summary>
internal static class RecoverCommand
{
    /// <summary>The node waits so long for its disk.</summary>
    private static readonly TimeSpan Longer = TimeSpan.FromSeconds(10);

    public static Command Create(AskingOptions asking, Surroundings surroundings)
    {
        var lost = new Option<string>("--lost")
        {
            Description = "Nodes that are gone for ever, with a comma between",
            HelpName = "NODES",
            Required = true,
        };
        var survivors = new Option<string?>("--survivors")
        {
            Description = "Nodes that are left; all must answer. Default: every other node of the map",
            HelpName = "NODES",
        };
        var fenced = new Option<bool>("--i-have-fenced")
        {
            Description = "The lost nodes cannot start any more with their old disks: you have seen to it",
        };
        var confirm = new Option<string?>("--confirm")
        {
            Description = "Do it: the word that this command has shown without it",
            HelpName = "WORD",
        };
        var signing = new Signing();
        var command = new Command("recover", "The way out when a majority of the control group is lost for ever.")
        {
            lost,
            survivors,
            fenced,
            confirm,
        };
        signing.AddTo(command);
        command.SetAction(
            async (parsed, stop) =>
            {
                var nodes = SurvivingNodes.Read(
                    asking.Plan(parsed, surroundings),
                    parsed.GetValue(lost) ?? "",
                    parsed.GetValue(survivors)
                );
                var word = parsed.GetValue(confirm);
                if (word is null == parsed.GetValue(fenced))
                {
                    throw RefusedException.Usage(
                        "--confirm and --i-have-fenced go together: without both the plan is shown, with both it is carried out.\n"
                            + "  try: rasctl recover --help"
                    );
                }

                using var asked = await nodes.AskAsync(stop).ConfigureAwait(false);
                var plan = await asked.PlanAsync(stop).ConfigureAwait(false);
                if (word is null)
                {
                    RecoveryText.Write(surroundings, asking.IsJson(parsed), nodes, asked, plan);
                    return ExitCode.Done;
                }

                if (word != plan.Confirmation)
                {
                    throw RefusedException.No(
                        $"\"{Printable.Of(word)}\" is for another state than the present one; nothing was done.\n"
                            + "  look at the plan again, without --confirm and --i-have-fenced"
                    );
                }

                var request = new RecoverRequest
                {
                    Plan = asked.Request,
                    Confirmation = word,
                    Fenced = true,
                    By = signing.By(parsed),
                    Why = signing.Why(parsed),
                };
                var reply = await asked[plan.ChosenNodeName]
                    .CallAsync(
                        (client, options) => client.RecoverAsync(request, options),
                        Longer,
                        $"how it stands: rasctl --node {plan.ChosenNodeName} status; whether it was done: rasctl audit",
                        stop
                    )
                    .ConfigureAwait(false);
                Write(asking.IsJson(parsed), surroundings, plan, reply);
                return ExitCode.Done;
            }
        );
        return command;
    }

    private static void Write(bool isJson, Surroundings surroundings, PlanRecoveryReply plan, RecoverReply reply)
    {
        if (isJson)
        {
            surroundings.Out.WriteLine(
                JsonLine.Of(json =>
                {
                    json.WriteNumber("epoch", plan.Epoch);
                    json.Word("master", reply.MasterNodeName);
                    json.WriteNumber("term", reply.Term);
                })
            );
            return;
        }

        var page = Page.On(surroundings);
        page.Line($"{Printable.Of(reply.MasterNodeName)} is master, term {reply.Term}; this was recovery {plan.Epoch}");
        page.Line("the other survivors are given seats within seconds: rasctl status");
        page.Line("a lost node that had a seat may come back with an empty data folder only");
    }
}
