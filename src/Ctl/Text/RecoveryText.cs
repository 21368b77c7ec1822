using ClusterRas.Ctl.Asking;
using ClusterRas.Ctl.Json;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Text;

/// <summary>What a recovery would do, before it is done.</summary>
internal static class RecoveryText
{
    public static void Write(
        Surroundings surroundings,
        bool isJson,
        SurvivingNodes nodes,
        AskedSurvivors asked,
        PlanRecoveryReply plan
    )
    {
        if (isJson)
        {
            surroundings.Out.WriteLine(Json(asked, plan));
            return;
        }

        var page = Page.On(surroundings);
        var chosen = asked.Request.Survivors.First(survivor => survivor.NodeName == plan.ChosenNodeName);
        var lost = string.Join(", ", plan.LostNodeNames.Select(Printable.Of));
        page.Line(
            $"plan     recovery {plan.Epoch}: {Printable.Of(plan.ChosenNodeName)} goes on alone, with entries up to {Last(chosen)}"
        );
        page.Line($"lost     the seats of {lost}: their disks take part no more, for ever");
        page.Line(
            $"at risk  whatever came after entry {Last(chosen)}: entries that only lost disks have, acked ones too",
            Tone.Bad
        );
        page.Line();
        page.Table(Table(asked));
        page.Line();
        page.Line("Nothing was done. See to it that the lost nodes cannot start with their old disks; then:");
        page.Line(
            $"rasctl recover --lost {string.Join(',', nodes.Lost)} --survivors {string.Join(',', nodes.Survivors)} "
                + $"--i-have-fenced --confirm {plan.Confirmation}"
        );
    }

    private static string Last(Survivor survivor) => $"{survivor.LastIndex} of term {survivor.LastTerm}";

    private static Sheet Table(AskedSurvivors asked)
    {
        var sheet = new Sheet("SURVIVOR", "ENTRIES UP TO", "COMMITTED UP TO", "VOTER", "HEARS");
        foreach (var survivor in asked.Request.Survivors)
        {
            var isVoter = survivor.Voters.Any(voter => voter.Node == survivor.Node);
            sheet.Add(
                Printable.Of(survivor.NodeName),
                Last(survivor),
                $"{survivor.CommitIndex}",
                isVoter ? "yes" : "",
                $"{survivor.Hears.Count} nodes"
            );
        }

        return sheet;
    }

    private static string Json(AskedSurvivors asked, PlanRecoveryReply plan) =>
        JsonLine.Of(json =>
        {
            json.WriteNumber("epoch", plan.Epoch);
            json.Word("chosen", plan.ChosenNodeName);
            json.WordList("lost", plan.LostNodeNames);
            json.Word("confirmation", plan.Confirmation);
            json.List(
                "survivors",
                asked.Request.Survivors,
                static (to, survivor) =>
                {
                    to.Word("name", survivor.NodeName);
                    to.WriteNumber("last_index", survivor.LastIndex);
                    to.WriteNumber("last_term", survivor.LastTerm);
                    to.WriteNumber("commit_index", survivor.CommitIndex);
                    to.WriteBoolean("voter", survivor.Voters.Any(voter => voter.Node == survivor.Node));
                }
            );
        });
}
