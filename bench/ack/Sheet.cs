using System.Globalization;
using System.Text;

namespace ClusterRas.AckBench;

/// <summary>The result as people read it; the same text is good Markdown.</summary>
internal sealed class Sheet(
    Fleet fleet,
    Floors atRest,
    Floors amongIdle,
    double idleCpus,
    IReadOnlyList<Outcome> outcomes,
    IReadOnlyList<string> troubles
)
{
    private const double FloorOneTimes = 3;
    private const double FloorTwoTimes = 1.5;
    private const double P99MsMax = 50;

    private readonly StringBuilder text = new();

    /// <summary>What the logs say; set when all nodes have ended.</summary>
    public Hops? Hops { get; set; }

    /// <summary>Everything.</summary>
    public string Write(IReadOnlyList<string> surroundings)
    {
        text.Clear();
        Line("# Raise to release");
        Line();
        var size = $"{fleet.ControlCount} control nodes of {fleet.Machines.Count}";
        Line($"{size} rasd processes on loopback over gRPC, each ledger with fsync.");
        Line(
            "An event is a power-off in the device, or a memory fault said to Events.Report: the witness says both of"
        );
        Line(
            "itself, so each is an incident of its own and is committed, and its sender waits. (A master that says its own"
        );
        Line("power-off steps aside.) In a row: the next one as soon as the one before is answered.");
        Line();
        foreach (var line in surroundings)
        {
            Line($"- {line}");
        }

        var idle = idleCpus.ToString("0.00", CultureInfo.InvariantCulture);
        Line($"- all {fleet.Machines.Count} nodes together, idle, use {idle} CPUs");
        foreach (var trouble in troubles)
        {
            Line($"- {trouble}");
        }

        WriteFloors();
        WriteLoads();
        WriteHops();
        return text.ToString();
    }

    private void WriteFloors()
    {
        Line();
        Line("## Floors, in ms");
        Line();
        Table(
            ["", "at rest: p50", "p99", "nodes up, idle: p50", "p99"],
            [
                Floor("round trip of one link frame", floors => floors.RoundTrip),
                Floor("two chained round trips", floors => floors.Chained),
                Floor("SQLite commit, synchronous=FULL", floors => floors.Commit),
                Floor("ledger write (commit and mark: two fsyncs)", floors => floors.Written),
                ["**floor 1**: round trip + commit", Ms(atRest.OneMs), "", Ms(amongIdle.OneMs), ""],
                ["**floor 2**: two chained + commit", Ms(atRest.TwoMs), "", Ms(amongIdle.TwoMs), ""],
            ]
        );
    }

    private string[] Floor(string name, Func<Floors, Quantiles> of) =>
        [name, Ms(of(atRest).P50Ms), Ms(of(atRest).P99Ms), Ms(of(amongIdle).P50Ms), Ms(of(amongIdle).P99Ms)];

    private void WriteLoads()
    {
        Line();
        Line("## Raise to release, in ms");
        Line();
        Line("Aims: p50 at most 3 times floor 1 or 1.5 times floor 2, both at rest; p99 under 50 ms.");
        Line("CPU: processor time of all nodes together for one event, idle work meanwhile included.");
        Line();
        Table(
            [
                "door",
                "witness",
                "load",
                "events",
                "p50",
                "p99",
                "max",
                "p50/floor 1",
                "p50/floor 2",
                "p50",
                "p99",
                "CPU",
            ],
            [.. outcomes.Select(Row)]
        );
        foreach (var cut in outcomes.Where(outcome => !outcome.IsWhole))
        {
            Line();
            Line($"{cut.Load.Name} by {cut.Door} at {cut.Witness}: cut short, its time was over.");
        }
    }

    private string[] Row(Outcome outcome)
    {
        var lasted = outcome.Lasted;
        var (one, two) = (lasted.P50Ms / atRest.OneMs, lasted.P50Ms / atRest.TwoMs);
        return
        [
            outcome.Door,
            outcome.Witness,
            outcome.Load.Name,
            lasted.Count.ToString(CultureInfo.InvariantCulture),
            Ms(lasted.P50Ms),
            Ms(lasted.P99Ms),
            Ms(lasted.MaxMs),
            Times(one),
            Times(two),
            Met(one <= FloorOneTimes || two <= FloorTwoTimes),
            Met(lasted.P99Ms < P99MsMax),
            Ms(outcome.CpuMsEach),
        ];
    }

    private void WriteHops()
    {
        Line();
        Line("## Each hop, p50 / p99 in ms");
        Line();
        Line("Up to each point from the one before, by the stamps of the nodes' own logs.");
        Line();
        Table(["door", "witness", "load", "events", .. AckBench.Hops.Names], [.. outcomes.Select(HopRow)]);
    }

    private string[] HopRow(Outcome outcome)
    {
        long[][] hops = [.. outcome.Samples.Select(sample => Hops?.Of(sample)).OfType<long[]>()];
        string[] head =
        [
            outcome.Door,
            outcome.Witness,
            outcome.Load.Name,
            hops.Length.ToString(CultureInfo.InvariantCulture),
        ];
        return hops.Length == 0
            ? [.. head, .. AckBench.Hops.Names.Select(_ => "-")]
            : [.. head, .. Enumerable.Range(0, AckBench.Hops.Names.Length).Select(hop => Hop(hops, hop))];
    }

    private static string Hop(long[][] hops, int hop)
    {
        var lasted = Quantiles.Of(hops.Select(all => all[hop]));
        return $"{Ms(lasted.P50Ms)} / {Ms(lasted.P99Ms)}";
    }

    private void Table(string[] head, IReadOnlyList<string[]> rows)
    {
        int[] widths =
        [
            .. head.Select((title, column) => rows.Select(row => row[column].Length).Append(title.Length).Max()),
        ];
        Row(head);
        Row([.. widths.Select((width, column) => new string('-', width))]);
        foreach (var row in rows)
        {
            Row(row);
        }

        void Row(string[] cells) =>
            Line($"| {string.Join(" | ", cells.Select((cell, column) => cell.PadRight(widths[column])))} |");
    }

    private static string Met(bool isMet) => isMet ? "met" : "missed";

    private static string Times(double times) => times.ToString("0.0", CultureInfo.InvariantCulture);

    private static string Ms(double ms) => ms.ToString(ms < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture);

    private void Line(string line = "") => text.Append(line).Append('\n');
}
