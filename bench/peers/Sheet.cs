using System.Globalization;

namespace ClusterRas.PeersBench;

/// <summary>The outcomes as tables that are Markdown too.</summary>
internal static class Sheet
{
    /// <summary>All of it.</summary>
    public static void Print(TextWriter output, PeersOptions options, IReadOnlyList<Outcome> outcomes)
    {
        output.WriteLine(
            "\n| who | settings | nodes | kill | until all know: p50 / p99 / max | first to know p50 | leader's end to next write: p50 / p99 / max | trials | not in time |"
        );
        output.WriteLine("|---|---|---|---|---|---|---|---|---|");
        foreach (var outcome in outcomes)
        {
            foreach (var kill in outcome.Detections.Keys)
            {
                var detections = outcome.Detections[kill];
                var failovers = outcome.Failovers[kill];
                var late = detections.Count(d => d is null) + failovers.Count(f => f is null);
                output.WriteLine(
                    $"| {outcome.Contender.Name} | {outcome.Contender.Settings} | {outcome.Contender.NodeCount} | {kill} "
                        + $"| {Three(detections.OfType<Detection>().Select(d => d.All))} | {Middle(detections.OfType<Detection>().Select(d => d.First))} "
                        + $"| {Three(failovers.OfType<TimeSpan>())} | {Math.Max(detections.Count, failovers.Count)} | {late} |"
                );
            }
        }

        output.WriteLine(
            "\n| who | settings | CPU of a node | memory (PSS) of a node | sent by a node | false alarms under full load | load average |"
        );
        output.WriteLine("|---|---|---|---|---|---|---|");
        foreach (var outcome in outcomes)
        {
            output.WriteLine(
                $"| {outcome.Contender.Name} | {outcome.Contender.Settings} | {Cost(outcome)} | {Alarms(outcome, options)} | {outcome.LoadAverage} |"
            );
        }

        foreach (var outcome in outcomes.Where(o => o.Failure.Length > 0))
        {
            output.WriteLine($"{outcome.Contender.Name}, {outcome.Contender.Settings}: broken off: {outcome.Failure}");
        }
    }

    private static string Three(IEnumerable<TimeSpan> times) =>
        new Spread(times) is { Sorted.Count: > 0 } spread
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{spread.At(0.5):0} / {spread.At(0.99):0} / {spread.Sorted[^1]:0} ms"
            )
            : "-";

    private static string Middle(IEnumerable<TimeSpan> times) =>
        new Spread(times) is { Sorted.Count: > 0 } spread
            ? string.Create(CultureInfo.InvariantCulture, $"{spread.At(0.5):0} ms")
            : "-";

    private static string Cost(Outcome outcome) =>
        outcome.Idle is { } idle
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{idle.CpuShare * 100:0.00} % of a core | {idle.PssBytes / 1048576.0:0.0} MiB | {idle.SentBytesPerSecond / 1000:0.0} kB/s"
            )
            : "- | - | -";

    private static string Alarms(Outcome outcome, PeersOptions options) =>
        outcome.FalseAlarms is { } count
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"{count} in {options.Load.TotalMinutes:0.0} min ({count / options.Load.TotalHours:0} an hour)"
            )
            : "-";
}
