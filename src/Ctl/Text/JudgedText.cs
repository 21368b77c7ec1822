using ClusterRas.Fabric;
using ClusterRas.Sentry.Stock;

namespace ClusterRas.Ctl.Text;

/// <summary>Two verdicts over each sentryctl command, for people.</summary>
internal static class JudgedText
{
    private const int LineShownMax = 110;

    public static void Write(Page page, IReadOnlyList<JudgedCommand> commands)
    {
        foreach (var command in commands)
        {
            var line = string.Join(' ', command.Words.Prepend("sentryctl"));
            page.Line(
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"{Printable.Of(command.At.Text.Path)}:{command.At.Line}: {Spelling.Plain(line, LineShownMax)}"
                )
            );
            page.Line($"  sysSentry  {TheirsOf(command.Theirs)}", command.Theirs.IsTaken ? Tone.Good : Tone.Bad);
            foreach (var problem in command.Ours.Where(problem => problem.Severity > TopologySeverity.Note))
            {
                var tone = problem.Severity == TopologySeverity.Warning ? Tone.Uneasy : Tone.Bad;
                page.Line($"  ours       {TopologyRule.WordOf(problem.Severity)}: {WordsOf(problem)}", tone);
            }

            if (command.Worst is not { Severity: > TopologySeverity.Note })
            {
                page.Line("  ours       taken", Tone.Good);
            }

            if (command.Why.Length > 0)
            {
                page.Line($"  why        {command.Why}", Tone.Quiet);
            }
        }

        page.Line();
        page.Line(
            $"{commands.Count} command{(commands.Count == 1 ? "" : "s")}: sysSentry takes {commands.Count(one => one.Theirs.IsTaken)}, "
                + $"we take {commands.Count(one => one.IsTakenHere)}, {Differing(commands)}"
        );
    }

    private static string Differing(IReadOnlyList<JudgedCommand> commands)
    {
        var count = commands.Count(one => one.Difference != SettingDifference.None);
        return count switch
        {
            0 => "no difference",
            1 => "1 verdict differs",
            _ => $"{count} verdicts differ",
        };
    }

    private static string WordsOf(TopologyProblem problem) =>
        $"{problem.Found}; expected {problem.Expected}; {problem.Advice} [{problem.Rule.Name}]";

    /// <summary>What it says, what it does not say, and what stays written all the same.</summary>
    public static string TheirsOf(StockVerdict verdict)
    {
        if (verdict.IsTaken)
        {
            return "taken";
        }

        var who = verdict.RefusedBy switch
        {
            StockRefusal.Parser => "its command line",
            StockRefusal.Service => "the service",
            _ => "a driver",
        };
        var reasons = verdict.Reasons.IsEmpty
            ? ""
            : $"; not told: {string.Join(", ", verdict.Reasons.Select(reason => Spelling.Plain(reason.Text, 100)))}";
        var kept = verdict.Writes.Where(write => write.Errno == 0).Select(write => write.File).ToList();
        return $"refused by {who}, exit code {verdict.ExitCode}: {Spelling.Plain(verdict.Says, 200)}{reasons}"
            + (kept.Count > 0 ? $"; stays written all the same: {string.Join(", ", kept)}" : "");
    }
}
