using System.Globalization;
using System.Text;
using ClusterRas.Fabric.Tests;
using ClusterRas.Sentry.Stock;

namespace ClusterRas.Sentry.Tests.Stock;

/// <summary>sysSentry's verdict by rule, held against what sysSentry itself was recorded saying.</summary>
public class StockToolTests
{
    /// <summary>CLUSTERRAS_COMMANDS=100000 for the long run.</summary>
    private static readonly int Rounds = int.Parse(
        Environment.GetEnvironmentVariable("CLUSTERRAS_COMMANDS") ?? "2000",
        CultureInfo.InvariantCulture
    );

    [Fact]
    public void Commands_ThatWereRecorded_GetTheirVerdictAndTheirWrites()
    {
        Recorded.All.Length.ShouldBe(164);
        foreach (var recorded in Recorded.All)
        {
            var verdict = StockTool.Run(recorded.Words, recorded.NewMachine());

            verdict.ShouldNotBeNull(recorded.Id);
            verdict.ExitCode.ShouldBe(recorded.Verdict.ExitCode, recorded.Id);
            verdict.RefusedBy.ShouldBe(recorded.Verdict.RefusedBy, recorded.Id);
            verdict.Says.ShouldBe(recorded.Verdict.Says, recorded.Id);
            verdict
                .Reasons.Select(reason => reason.Text)
                .ShouldBe(recorded.Verdict.Reasons.Select(reason => reason.Text), recorded.Id);
            verdict.Writes.Select(AsRecorded).ShouldBe(recorded.Verdict.Writes, recorded.Id);
        }
    }

    [Fact]
    public void Commands_ThatWereChangedAtRandom_GetTheVerdictOfPythonItself()
    {
        using var python = PythonReference.Start();
        Assert.SkipWhen(python is null, "no python3 here");
        var seed = Dice.FreshSeed();
        var verdicts = new Dictionary<StockRefusal, int>();
        for (var round = 0; round < Rounds; round++)
        {
            var dice = new Dice(seed + (ulong)round);
            var recorded = Recorded.All[round % Recorded.All.Length];
            var words = CommandMutator.Change(recorded.Words, dice);
            if (Compare(python!, recorded, words, $"CLUSTERRAS_SEED={seed} round {round}") is { } refusedBy)
            {
                verdicts[refusedBy] = verdicts.GetValueOrDefault(refusedBy) + 1;
            }
        }

        // Something of everything, or nothing was tried.
        verdicts.Values.ShouldAllBe(count => count > Rounds / 20, seed.ToString(CultureInfo.InvariantCulture));
        verdicts.Count.ShouldBe(4);
    }

    [Fact]
    public void Commands_EachWithOtherDigitsSignsBlanksAndOrder_GetTheVerdictOfPythonItself()
    {
        using var python = PythonReference.Start();
        Assert.SkipWhen(python is null, "no python3 here");
        var seed = Dice.FreshSeed();
        var dice = new Dice(seed);
        foreach (var recorded in Recorded.All)
        {
            foreach (var (kind, change) in CommandMutator.Kinds)
            {
                for (var round = 0; round < Math.Max(3, Rounds / 1000); round++)
                {
                    var words = recorded.Words.ToList();
                    change(words, dice);
                    Compare(python!, recorded, words, $"CLUSTERRAS_SEED={seed} {kind}");
                }
            }
        }
    }

    [Fact]
    public void Sources_HaveNoRecordedCommand()
    {
        // What a lookup of verdicts would need: the command, or the value that decides. Limits are shorter, and are rules.
        const int tellingLength = 11;
        var folder = Path.Combine(AppContext.BaseDirectory, "../../../../src");
        var sources = Directory
            .GetFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(path => (Path: path, Text: File.ReadAllText(path)))
            .ToList();
        sources.Count.ShouldBeGreaterThan(100);
        foreach (var recorded in Recorded.All)
        {
            var values = recorded
                .Words.Skip(2)
                .Select(word => word[(word.IndexOf('=', StringComparison.Ordinal) + 1)..])
                .Where(value => value.Length >= tellingLength && !value.StartsWith("--", StringComparison.Ordinal));
            var command = string.Join(' ', recorded.Words);
            var isTelling = recorded.Words.Length > 2 && !command.EndsWith('=');
            foreach (var text in isTelling ? values.Append(command) : values)
            {
                sources
                    .Where(source => source.Text.Contains(text, StringComparison.Ordinal))
                    .Select(source => source.Path)
                    .ShouldBeEmpty($"{recorded.Id}: {text}");
            }
        }
    }

    /// <returns>Who refuses it; null: it is not compared, or no set command.</returns>
    private static StockRefusal? Compare(
        PythonReference python,
        Recorded recorded,
        IReadOnlyList<string> words,
        string where
    )
    {
        if (words.Any(word => word.EndsWith("=--", StringComparison.Ordinal)))
        {
            // Python's parser makes an empty list of such a value, over which the service fails in many ways.
            return null;
        }

        var hint = $"{where} {recorded.Id}: {string.Join(" | ", words)}";

        var theirs = python.Run(words, recorded.Before);
        var ours = StockTool.Run(words, recorded.NewMachine());

        (ours is null).ShouldBe(theirs is null, hint);
        if (theirs is null || ours is null)
        {
            return null;
        }

        ours.ExitCode.ShouldBe(theirs.ExitCode, hint);
        ours.RefusedBy.ShouldBe(theirs.RefusedBy, hint);
        ours.Writes.ShouldBe(theirs.Writes, hint);
        if (theirs.ExitCode == 255 || (theirs.ExitCode == 2 && python.WordsErrorsAsRecorded))
        {
            ours.Says.TrimEnd('\n').ShouldBe(theirs.Says.TrimEnd('\n'), hint);
        }

        return theirs.RefusedBy;
    }

    // Long texts were recorded by their beginning and their length.
    private static StockWrite AsRecorded(StockWrite write)
    {
        const int shownMax = 200;
        const int shown = 80;
        var bytes = Encoding.UTF8.GetByteCount(write.Text);
        return bytes <= shownMax
            ? write
            : write with
            {
                Text = string.Create(CultureInfo.InvariantCulture, $"{write.Text[..shown]}...({bytes} bytes)"),
            };
    }
}
