using System.Globalization;
using System.Text;
using ClusterRas.Fabric;
using ClusterRas.Fabric.Tests;
using ClusterRas.Sentry.Stock;

namespace ClusterRas.Sentry.Tests.Stock;

/// <summary>Where our verdict over sentryctl's commands is another than sysSentry's: all of it is in docs/sysSentry.md.</summary>
public class DifferenceTests
{
    private const string ShortWindow = "--kernel_reboot_timeout_ms=3000";
    private const string PageName = "sysSentry.md";
    private const string Start = "<!-- differences -->\n";
    private const string End = "<!-- end of differences -->";

    /// <summary>CLUSTERRAS_COMMANDS=100000 for the long run.</summary>
    private static readonly int Rounds = int.Parse(
        Environment.GetEnvironmentVariable("CLUSTERRAS_COMMANDS") ?? "2000",
        CultureInfo.InvariantCulture
    );

    [Fact]
    public void Page_HasEveryDifferenceOfTheRecordedCommands()
    {
        var rows = Judged()
            .Where(one => one.Row is not null)
            .GroupBy(one => one.Row, one => one.Id)
            .Select(row => $"| {string.Join(", ", row)} | {row.Key} |\n");
        var table = new StringBuilder("| commands | sysSentry | ours | why |\n|---|---|---|---|\n").AppendJoin(
            "",
            rows
        );

        var page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, PageName));
        var start = page.IndexOf(Start, StringComparison.Ordinal) + Start.Length;
        var end = page.IndexOf(End, StringComparison.Ordinal);
        var fresh = page[..start] + table + page[end..];
        if (Environment.GetEnvironmentVariable("CLUSTERRAS_REWRITE_GOLDENS") is { Length: > 0 })
        {
            File.WriteAllText(Path.Combine(AppContext.BaseDirectory, "../../../../docs", PageName), fresh);
            return;
        }

        page.ShouldBe(fresh, "CLUSTERRAS_REWRITE_GOLDENS=1 writes the page anew");
    }

    [Fact]
    public void Commands_ThatWereChangedAtRandom_DifferOnlyAsThePageSays()
    {
        var known = Judged().Select(one => one.Row).OfType<string>().Select(row => row.Split(" | ")[1]).ToHashSet();
        var seed = Dice.FreshSeed();
        var differences = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var dice = new Dice(seed + (ulong)round);
            var recorded = Recorded.All[round % Recorded.All.Length];
            var words = CommandMutator.Change(recorded.Words, dice);
            if (words is not ["set", ..])
            {
                continue;
            }

            var judged = Judge(recorded, words);
            if (RowOf(judged) is { } row)
            {
                differences++;
                known.ShouldContain(
                    row.Split(" | ")[1],
                    $"CLUSTERRAS_SEED={seed} round {round} {recorded.Id}: {string.Join(" | ", words)}\n{row}\n{judged.Worst}"
                );
            }
        }

        differences.ShouldBeGreaterThan(50);
    }

    /// <summary>The recorded commands, and one beside them whose difference none of them shows.</summary>
    private static IEnumerable<(string Id, string? Row)> Judged()
    {
        foreach (var recorded in Recorded.All)
        {
            yield return (recorded.Id, RowOf(Judge(recorded, recorded.Words)));
        }

        var plain = Recorded.All[0];
        yield return (ShortWindow, RowOf(Judge(plain, ["set", "sentry_remote_reporter", ShortWindow])));
    }

    private static string? RowOf(JudgedCommand judged)
    {
        var why = judged.Why;
        var reasons = string.Join(", ", judged.Theirs.Reasons.Select(reason => reason.Text));
        return judged.Difference switch
        {
            SettingDifference.None => null,
            SettingDifference.OnlyTheyRefuse => $"refused{(reasons.Length > 0 ? $": {reasons}" : "")} | taken | {why}",
            SettingDifference.OnlyWeWarn => $"taken | warns: `{judged.Worst!.Rule.Name}` | {why}",
            _ => $"taken | refused: `{judged.Worst!.Rule.Name}` | {why}",
        };
    }

    private static JudgedCommand Judge(Recorded recorded, IReadOnlyList<string> words)
    {
        var line = "sentryctl " + string.Join(' ', words.Select(Quoted));
        if (recorded.Local.Length > 0)
        {
            line = $"sentryctl set sentry_remote_reporter --eid='{string.Join(';', recorded.Local)}'\n{line}";
        }

        var judged = CommandJudge.Judge(
            [(new SourceText("n01.sh", Encoding.UTF8.GetBytes(line)), "n01")],
            recorded.NewMachine,
            new ProblemList()
        );
        return words is ["set", ..]
            ? judged[^1] with
            {
                Theirs = StockTool.Run(words, recorded.NewMachine())!,
            }
            : new JudgedCommand("n01", default, [], StockTool.Run(words, recorded.NewMachine())!, []);
    }

    private static string Quoted(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
