using System.Globalization;

namespace ClusterRas.Simulator;

/// <summary>What the operator typed.</summary>
/// <param name="Seed">Play this one; null: sweep.</param>
/// <param name="From">First seed of a sweep; null: a fresh one.</param>
/// <param name="NodeCount">Null: drawn by seed.</param>
/// <param name="StopsAtFirst">A sweep ends with the first broken life.</param>
internal sealed record Arguments(ulong? Seed, ulong? From, int Count, int? NodeCount, bool StopsAtFirst)
{
    public const string Usage = "usage: ClusterRas.Simulator [seed] [--count N] [--nodes 3|5|16] [--from S] [--first]";

    private const int CountDefault = 1000;

    /// <summary>Null: this is no command line of ours.</summary>
    public static Arguments? Parse(IReadOnlyList<string> words)
    {
        var parsed = new Arguments(null, null, CountDefault, null, false);
        for (var i = 0; i < words.Count; i++)
        {
            var value = i + 1 < words.Count ? words[i + 1] : "";
            Arguments? next;
            switch (words[i])
            {
                case "--first":
                    next = parsed with { StopsAtFirst = true };
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

        return parsed;
    }

    private static bool TryCount(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0;

    private static bool TrySeed(string text, out ulong seed) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seed);
}
