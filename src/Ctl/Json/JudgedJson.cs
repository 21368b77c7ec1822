using System.Text.Json;
using ClusterRas.Fabric;
using ClusterRas.Sentry.Stock;

namespace ClusterRas.Ctl.Json;

/// <summary>Two verdicts over each sentryctl command, for programs.</summary>
internal static class JudgedJson
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<JudgedCommand> commands) =>
        json.List(
            "commands",
            commands,
            static (to, command) =>
            {
                to.WriteString("file", command.At.Text.Path);
                to.WriteNumber("line", command.At.Line);
                to.Word("node", command.Node);
                to.WordList("words", command.Words);
                to.WriteStartObject("theirs");
                to.WriteBoolean("taken", command.Theirs.IsTaken);
                to.WriteString("refused_by", WordOf(command.Theirs.RefusedBy));
                to.WriteNumber("exit_code", command.Theirs.ExitCode);
                to.WriteString("says", command.Theirs.Says);
                to.WordList("reasons", [.. command.Theirs.Reasons.Select(reason => reason.Text)]);
                to.WordList(
                    "written",
                    [.. command.Theirs.Writes.Where(write => write.Errno == 0).Select(write => write.File)]
                );
                to.WriteEndObject();
                to.WriteBoolean("taken", command.IsTakenHere);
                to.List("problems", command.Ours, ProblemJson.Write);
                to.WriteString("difference", WordOf(command.Difference));
                to.WriteString("why", command.Why);
            }
        );

    private static string WordOf(StockRefusal refusal) =>
        refusal switch
        {
            StockRefusal.Parser => "parser",
            StockRefusal.Service => "service",
            StockRefusal.Driver => "driver",
            _ => "nobody",
        };

    private static string WordOf(SettingDifference difference) =>
        difference switch
        {
            SettingDifference.OnlyWeRefuse => "only_we_refuse",
            SettingDifference.OnlyWeWarn => "only_we_warn",
            SettingDifference.OnlyTheyRefuse => "only_they_refuse",
            _ => "none",
        };
}
