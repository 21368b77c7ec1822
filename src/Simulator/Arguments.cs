using System.Globalization;

namespace ClusterRas.Simulator;

/// <summary>What the operator typed.</summary>
/// <param name="Seed">Play this one; null: sweep.</param>
/// <param name="From">First seed of a sweep; null: a fresh one.</param>
/// <param name="NodeCount">Null: drawn by seed.</param>
/// <param name="StopsAtFirst">A sweep ends with the first broken life.</param>
internal sealed record Arguments(ulong? Seed, ulong? From, int Count, int? NodeCount, bool StopsAtFirst)
{
    public const string Usage =
        "usage: ClusterRas.Simulator [seed] [--count N] [--for 30s|5m|8h] [--nodes 3|5|16] [--from S] [--first] "
        + "[--coverage] [--report]\n"
        + "       ClusterRas.Simulator SEED --minimise [--nodes 3|5|16]\n"
        + "       ClusterRas.Simulator --detection [--count N] [--nodes 3|5|16] [--from S]\n"
        + "       ClusterRas.Simulator --scenario FILE";

    private const int CountDefault = 1000;

    /// <summary>A sweep goes on for so long; null: until its count.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>Prints where the faults have been, and fails where they have not.</summary>
    public bool Coverage { get; init; }

    /// <summary>Shrinks the seed's plan to the fewest faults that still break the same promise, and prints it.</summary>
    public bool Minimise { get; init; }

    /// <summary>Play the scenario of this file, or of this name among the tests' own; null: none.</summary>
    public string? Scenario { get; init; }

    /// <summary>Measures how long a silent death takes to be known, by profile.</summary>
    public bool Detection { get; init; }

    /// <summary>Prints how fast it was.</summary>
    public bool Report { get; init; }

    /// <summary>Null: this is no command line of ours.</summary>
    public static Arguments? Parse(IReadOnlyList<string> words)
    {
        var parsed = new Arguments(null, null, 0, null, false);
        for (var i = 0; i < words.Count; i++)
        {
            var value = i + 1 < words.Count ? words[i + 1] : "";
            Arguments? next;
            switch (words[i])
            {
                case "--first":
                    next = parsed with { StopsAtFirst = true };
                    break;
                case "--coverage":
                    next = parsed with { Coverage = true };
                    break;
                case "--detection":
                    next = parsed with { Detection = true };
                    break;
                case "--report":
                    next = parsed with { Report = true };
                    break;
                case "--minimise":
                    next = parsed with { Minimise = true };
                    break;
                case "--scenario" when value.Length > 0:
                    (next, i) = (parsed with { Scenario = value }, i + 1);
                    break;
                case "--for" when TryDuration(value, out var duration):
                    (next, i) = (parsed with { For = duration }, i + 1);
                    break;
                case "--count" when TryCount(value, out var count):
                    (next, i) = (parsed with { Count = count }, i + 1);
                    break;
                case "--nodes" when value is "3" or "5" or "16":
                    (next, i) = (parsed with { NodeCount = int.Parse(value, CultureInfo.InvariantCulture) }, i + 1);
                    break;
                case "--from" when TrySeed(value, out var from):
                    (next, i) = (parsed with { From = from }, i + 1);
                    break;
                case var word when parsed.Seed is null && TrySeed(word, out var seed):
                    next = parsed with { Seed = seed };
                    break;
                default:
                    next = null;
                    break;
            }

            if (next is null)
            {
                return null;
            }

            parsed = next;
        }

        if (parsed.Minimise && parsed.Seed is null)
        {
            return null;
        }

        // Whoever says how long need not say how many.
        return parsed with
        {
            Count =
                parsed.Count > 0 ? parsed.Count
                : parsed.For is null ? CountDefault
                : int.MaxValue,
        };
    }

    private static bool TryDuration(string text, out TimeSpan duration)
    {
        var unit =
            text.Length == 0
                ? TimeSpan.Zero
                : text[^1] switch
                {
                    's' => TimeSpan.FromSeconds(1),
                    'm' => TimeSpan.FromMinutes(1),
                    'h' => TimeSpan.FromHours(1),
                    _ => TimeSpan.Zero,
                };
        var isOne = unit > TimeSpan.Zero && TryCount(text[..^1], out var count) && count <= 10_000 && count > 0;
        duration = isOne ? unit * int.Parse(text[..^1], CultureInfo.InvariantCulture) : default;
        return isOne;
    }

    private static bool TryCount(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0;

    private static bool TrySeed(string text, out ulong seed) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seed);
}
