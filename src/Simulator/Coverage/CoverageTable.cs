using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using ClusterRas.Simulator.Faults;
using ClusterRas.Simulator.Moments;

namespace ClusterRas.Simulator.Coverage;

/// <summary>Fault kind by protocol phase: where a sweep has been, and where it has not.</summary>
internal sealed class CoverageTable
{
    /// <summary>Least hits of a possible pair in ten thousand lives.</summary>
    public const int HitsMin = 20;

    private const int PerLives = 10_000;
    private readonly Tally tally;
    private readonly ImmutableArray<FaultKind> kinds;
    private readonly int hitsMin;

    /// <param name="nodeCount">Kinds that need more nodes are left out; null: all shapes were played.</param>
    public CoverageTable(Tally tally, int lifeCount, int? nodeCount)
    {
        this.tally = tally;
        kinds =
        [
            .. FaultKinds.All.Where(kind => nodeCount is not { } count || kind.Fits(new Shape(count, count, 2, false))),
        ];
        hitsMin = Math.Max(1, (int)((long)HitsMin * lifeCount / PerLives));
    }

    /// <summary>The columns.</summary>
    public static ImmutableArray<Phase> Phases { get; } =
    [.. Enum.GetValues<Phase>().Where(phase => phase != Phase.None)];

    /// <summary>Possible pairs that were hit too seldom, with their counts; empty: the faults are not quiet.</summary>
    public IReadOnlyList<string> Missed =>
        [
            .. from kind in kinds
            from phase in Phases
            where ImpossiblePairs.Reason(kind, phase) is null && tally.Of(kind.Name, phase) < hitsMin
            select $"{kind.Name} x {phase}: {tally.Of(kind.Name, phase)} of {hitsMin}",
        ];

    /// <summary>One line a kind; a dash where a pair is impossible, with the reasons below.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        var culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"{"", -32}{"all", 7}");
        foreach (var phase in Phases)
        {
            text.Append(culture, $"{HeadOf(phase), 8}");
        }

        text.Append('\n');
        foreach (var kind in kinds)
        {
            text.Append(culture, $"{kind.Name, -32}{tally.Kinds.GetValueOrDefault(kind.Name), 7}");
            foreach (var phase in Phases)
            {
                var cell = ImpossiblePairs.Reason(kind, phase) is null
                    ? tally.Of(kind.Name, phase).ToString(culture)
                    : "-";
                text.Append(culture, $"{cell, 8}");
            }

            text.Append('\n');
        }

        var reasons =
            from kind in kinds
            from phase in Phases
            let reason = ImpossiblePairs.Reason(kind, phase)
            where reason is not null
            group kind.Name by (phase, reason);
        foreach (var group in reasons)
        {
            var who = group.Count() == kinds.Length ? "every kind" : string.Join(", ", group);
            text.Append(culture, $"impossible: {who} x {group.Key.phase}: {group.Key.reason}\n");
        }

        return text.ToString();
    }

    private static string HeadOf(Phase phase) =>
        phase switch
        {
            Phase.Founding => "found",
            Phase.Electing => "elect",
            Phase.Steady => "steady",
            Phase.WordOnItsWay => "way",
            Phase.ReceivedNotCommitted => "recv",
            Phase.CommittedNotAcked => "commit",
            Phase.HandlersRun => "handler",
            Phase.CatchUp => "catchup",
            Phase.Rejoining => "rejoin",
            Phase.WindowEnding => "window",
            _ => "group",
        };
}
