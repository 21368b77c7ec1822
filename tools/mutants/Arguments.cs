using System.Globalization;

namespace ClusterRas.Mutants;

/// <summary>What the operator typed.</summary>
/// <param name="Root">The repository, built.</param>
/// <param name="Seed">Draws the sample.</param>
/// <param name="Count">How many are drawn.</param>
/// <param name="Skip">So many of the draw come first and are left out: a long sample can be tried in parts.</param>
/// <param name="LivesMax">Lives that the simulator plays for each before it counts as survived.</param>
internal sealed record Arguments(string Root, int Seed, int Count, int Skip, int LivesMax)
{
    public const string Usage = "usage: mutants [--count N] [--seed S] [--skip N] [--lives N] [--root DIR]";

    /// <summary>Null: this is no command line of ours.</summary>
    public static Arguments? Parse(IReadOnlyList<string> words)
    {
        var parsed = new Arguments(Directory.GetCurrentDirectory(), Environment.TickCount & 0xFFFFF, 300, 0, 400);
        for (var at = 0; at + 1 < words.Count; at += 2)
        {
            var isNumber = int.TryParse(words[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number);
            var next = words[at] switch
            {
                "--root" => parsed with { Root = Path.GetFullPath(words[at + 1]) },
                "--seed" when isNumber => parsed with { Seed = number },
                "--skip" when isNumber => parsed with { Skip = number },
                "--count" when isNumber && number > 0 => parsed with { Count = number },
                "--lives" when isNumber && number > 0 => parsed with { LivesMax = number },
                _ => null,
            };
            if (next is null)
            {
                return null;
            }

            parsed = next;
        }

        return words.Count % 2 == 0 ? parsed : null;
    }
}
