using System.Globalization;

namespace ClusterRas.Chaos;

/// <summary>What is done in each of its trials, as a text says it (docs/chaos.md has the words).</summary>
/// <param name="Name">Of its file.</param>
/// <param name="About">Its first line of comment, for people.</param>
/// <param name="Trials">How often, unless the user says.</param>
/// <param name="AckWithin">The latest for an ack of a witness that reaches a majority.</param>
/// <param name="IsOverlapping">The next trial begins while the dead of this one still come back.</param>
/// <param name="IsApart">The master's own kernel is told nothing.</param>
/// <param name="IsTroubled">The links of everybody are so bad that rails may rightly be called silent.</param>
internal sealed record Scenario(
    string Name,
    string About,
    int Trials,
    TimeSpan AckWithin,
    bool IsTroubled,
    bool IsOverlapping,
    bool IsApart,
    IReadOnlyList<Step> Steps
)
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">A line that makes no sense, with its number.</exception>
    public static Scenario Read(string path)
    {
        var scenario = new Scenario(
            Path.GetFileNameWithoutExtension(path),
            "",
            1,
            TimeSpan.FromSeconds(3.5),
            false,
            false,
            false,
            []
        );
        var steps = new List<Step>();
        foreach (var (index, line) in File.ReadLines(path).Index())
        {
            var words = line.Split('#')[0].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
            {
                scenario = scenario.About.Length == 0 ? scenario with { About = line.TrimStart('#', ' ') } : scenario;
                continue;
            }

            try
            {
                switch (words)
                {
                    case ["trials", var count]:
                        scenario = scenario with { Trials = Number(count) };
                        break;
                    case ["acks", "within", var limit]:
                        scenario = scenario with { AckWithin = Duration(limit) };
                        break;
                    case ["overlapping"]:
                        scenario = scenario with { IsOverlapping = true };
                        break;
                    case ["apart"]:
                        scenario = scenario with { IsApart = true };
                        break;
                    case ["troubled"]:
                        scenario = scenario with { IsTroubled = true };
                        break;
                    default:
                        steps.Add(StepOf(words));
                        break;
                }
            }
            catch (FormatException e)
            {
                throw new FormatException($"{path}:{index + 1}: \"{line.Trim()}\": {e.Message}");
            }
        }

        return scenario with
        {
            Steps = steps,
        };
    }

    private static Step StepOf(string[] words) =>
        words switch
        {
            ["between", "heartbeats"] => new Step.BetweenHeartbeats(),
            ["cut", "link", var from, var to, .. var rest] => new Step.CutLink(Who(from), Who(to), DieOf(rest), false),
            ["cut", "one", "way", var from, var to, .. var rest] => new Step.CutLink(
                Who(from),
                Who(to),
                DieOf(rest),
                true
            ),
            ["cut", "rail", var whose, .. var rest] => new Step.CutRail(Who(whose), DieOf(rest)),
            ["unplug", var whose, .. var rest] => new Step.Unplug(Who(whose), DieOf(rest)),
            ["bridge", var die, "down"] => new Step.BridgeDown(Number(die)),
            ["delay", var whose, var time, "jitter", var jitter, .. var rest] => new Step.Delay(
                Who(whose),
                DieOf(rest),
                Duration(time),
                Duration(jitter)
            ),
            ["delay", var whose, var time, .. var rest] => new Step.Delay(
                Who(whose),
                DieOf(rest),
                Duration(time),
                TimeSpan.Zero
            ),
            ["throttle", var whose, var rate, .. var rest] => new Step.Throttle(
                Who(whose),
                DieOf(rest),
                BytesPerSecond(rate)
            ),
            ["lose", var percent] => new Step.Lose(Number(percent.TrimEnd('%'))),
            ["split", .. var sizes] when sizes.Length > 1 => new Step.Split([.. sizes.Select(Number)]),
            ["flap", var whose, var times, "times", "every", var every] => new Step.Flap(
                Who(whose),
                null,
                Number(times),
                Duration(every)
            ),
            ["panic", var count, "nodes"] => new Step.Panic(Actor.Victim, Number(count)),
            ["panic", var who] => new Step.Panic(Who(who), 1),
            ["kill", var who] => new Step.KillRasd(Who(who)),
            ["stop", var who] => new Step.Pause(Who(who)),
            ["continue", var who] => new Step.GoOn(Who(who)),
            ["load", var threads] => new Step.Load(Number(threads)),
            ["wait", var time] => new Step.Wait(Duration(time)),
            ["await", "acks"] => new Step.AwaitAcks(),
            ["await", "master"] => new Step.AwaitMaster(),
            ["mend"] => new Step.Mend(),
            _ => throw new FormatException("no such step; docs/chaos.md has the words"),
        };

    private static Actor Who(string word) =>
        Enum.TryParse<Actor>(word, ignoreCase: true, out var actor)
            ? actor
            : throw new FormatException($"\"{word}\" is none of master, witness, second, victim, bystander");

    // Nothing said: one, drawn for each trial.
    private static int? DieOf(string[] rest) =>
        rest switch
        {
            [] => null,
            ["die", "0" or "1"] => Number(rest[1]),
            ["both"] => -1,
            _ => throw new FormatException(
                $"\"{string.Join(' ', rest)}\" is no rail; expected nothing (one is drawn), \"die 0\", \"die 1\" or \"both\""
            ),
        };

    private static int Number(string word) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"\"{word}\" is no number");

    private static int BytesPerSecond(string word) =>
        word.EndsWith("kB/s", StringComparison.Ordinal)
        && int.TryParse(word[..^4], NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes)
        && kilobytes is > 0 and <= int.MaxValue / 1000
            ? kilobytes * 1000
            : throw new FormatException($"\"{word}\" is no rate; expected e.g. 20kB/s, with at least 1kB/s");

    private static TimeSpan Duration(string word) =>
        word.EndsWith("ms", StringComparison.Ordinal) ? TimeSpan.FromMilliseconds(Number(word[..^2]))
        : word.EndsWith('s')
        && double.TryParse(word[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
        : throw new FormatException($"\"{word}\" is no time; expected e.g. 400ms or 3.5s");
}
