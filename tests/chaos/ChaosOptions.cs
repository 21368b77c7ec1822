using System.Globalization;

namespace ClusterRas.Chaos;

/// <summary>What <c>tests/chaos/run</c> says.</summary>
internal sealed record ChaosOptions
{
    /// <summary>Scenarios by name; none: all.</summary>
    public IReadOnlyList<string> Names { get; private init; } = [];

    /// <summary>Trials of each; null: as the scenario says.</summary>
    public int? Count { get; private init; }

    /// <summary>The most that all may take; null: as long as it takes.</summary>
    public TimeSpan? For { get; private init; }

    public ulong Seed { get; private init; }

    /// <summary>Which fault of our own; null: none.</summary>
    public string? Planted { get; private init; }

    public string Out { get; private init; } = "";

    public string Home { get; private init; } = "";

    public string Rasd { get; private init; } = "";

    public string Scenarios { get; private init; } = "";

    /// <summary>For the report: which state of the sources this is.</summary>
    public string Commit { get; private init; } = "";

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="ArgumentException">An unknown option, or one without its value.</exception>
    public static ChaosOptions Parse(string[] args)
    {
        var options = new ChaosOptions { Seed = (ulong)Random.Shared.Next(1, 1_000_000) };
        var at = 0;
        for (; at < args.Length; at++)
        {
            options = args[at] switch
            {
                "--scenario" => options with { Names = [.. options.Names, Value()] },
                "--count" => options with
                {
                    Count = int.Parse(Value(), NumberStyles.None, CultureInfo.InvariantCulture),
                },
                "--for" => options with
                {
                    For = TimeSpan.FromSeconds(int.Parse(Value(), NumberStyles.None, CultureInfo.InvariantCulture)),
                },
                "--seed" => options with
                {
                    Seed = ulong.Parse(Value(), NumberStyles.None, CultureInfo.InvariantCulture),
                },
                "--plant" => options with { Planted = Value() },
                "--out" => options with { Out = Value() },
                "--home" => options with { Home = Value() },
                "--rasd" => options with { Rasd = Value() },
                "--scenarios" => options with { Scenarios = Value() },
                "--commit" => options with { Commit = Value() },
                _ => throw new ArgumentException($"unknown option {args[at]}"),
            };
        }

        return options switch
        {
            { Home: "" } or { Rasd: "" } or { Scenarios: "" } or { Out: "" } => throw new ArgumentException(
                "start it with ./x chaos"
            ),
            { Planted: not (null or Plant.LoseOne or Plant.DoubleOne or KeptCut.Kind) } => throw new ArgumentException(
                $"--plant is {Plant.LoseOne}, {Plant.DoubleOne} or {KeptCut.Kind}, not \"{options.Planted}\""
            ),
            _ => options,
        };

        string Value() => ++at < args.Length ? args[at] : throw new ArgumentException($"{args[at - 1]} has no value");
    }
}
