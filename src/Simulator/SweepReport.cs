using System.Diagnostics;
using System.Globalization;
using ClusterRas.Fabric;
using ClusterRas.Simulator.Coverage;
using ClusterRas.Simulator.Detection;

namespace ClusterRas.Simulator;

/// <summary>What a sweep prints: the broken lives, then its numbers, and last of all one line that sums up.</summary>
internal sealed class SweepReport(TextWriter output, Arguments arguments)
{
    private readonly Stopwatch watch = new();
    private TimeSpan processorBefore;

    public void Begin(ulong first)
    {
        var what = arguments.For is { } time ? Say($"for {time}") : Say($"{arguments.Count} lives");
        output.WriteLine(Say($"sweeping {what} from seed {first}"));
        processorBefore = Environment.CpuUsage.TotalTime;
        watch.Start();
    }

    public void OnBroken(ClusterLife life) => output.WriteLine(life.Report(arguments.NodeCount));

    /// <returns>True: all promises were kept and, where that was asked, the faults have been everywhere.</returns>
    public bool End(Sweep sweep)
    {
        var missed = arguments.Coverage ? Cover(sweep) : [];
        Count(sweep);
        Succeed(sweep);
        if (sweep.Tally.WhyTooSlow is { } slow)
        {
            output.WriteLine($"all seeds: L4 broken at the median: {slow}");
        }

        Alarm(sweep);
        if (arguments.Report)
        {
            Rate(sweep, Environment.CpuUsage.TotalTime - processorBefore);
        }

        var seconds = watch.Elapsed.TotalSeconds;
        var (lives, simulated) = (sweep.LifeCount / seconds, sweep.Simulated.TotalSeconds / seconds);
        output.WriteLine(
            Say(
                $"{sweep.LifeCount} lives in {seconds:0.0} s: {lives:0.0} lives and {simulated:0} simulated seconds per second; {sweep.Broken.Count} broken"
            )
        );
        return sweep.Broken.Count == 0 && sweep.Tally.WhyTooSlow is null && missed.Count == 0;
    }

    private IReadOnlyList<string> Cover(Sweep sweep)
    {
        var table = new CoverageTable(sweep.Tally, sweep.LifeCount, arguments.NodeCount);
        output.Write(table);
        foreach (var pair in table.Missed)
        {
            output.WriteLine("too seldom: " + pair);
        }

        return table.Missed;
    }

    private void Count(Sweep sweep)
    {
        var kinds = sweep.Tally.Kinds;
        output.WriteLine(
            Say(
                $"{sweep.LifeCount} lives, {sweep.Simulated.TotalHours:0.0} simulated hours, {kinds.Values.Sum()} faults:"
            )
        );
        output.WriteLine("  " + string.Join(", ", kinds.Select(kind => Say($"{kind.Key} {kind.Value}"))));
        var moments = sweep.Tally.Moments.Select(pair => Say($"{pair.Key} {pair.Value.Came} of {pair.Value.Waited}"));
        output.WriteLine("moments that came: " + string.Join(", ", moments));
    }

    private void Succeed(Sweep sweep)
    {
        foreach (var isTold in (bool[])[true, false])
        {
            var ordered = sweep.Tally.Successions(isTold).Order().ToArray();
            var all = Array.ConvertAll(ordered, one => one.Took.TotalSeconds);
            var what = isTold ? "whose death was told" : "who died without a word";
            output.WriteLine(
                all.Length == 0
                    ? $"masters {what}: none"
                    : Say($"masters {what}: {all.Length}; from the last beat to their successor's first commit ")
                        + Say($"p50 {At(all, 0.5):0.000}, p99 {At(all, 0.99):0.000}, ")
                        + Say($"p99.9 {At(all, 0.999):0.000}, worst {all[^1]:0.000} s (seed {ordered[^1].Seed})")
            );
        }
    }

    private void Alarm(Sweep sweep)
    {
        foreach (var profile in TimingProfile.All.Where(sweep.NodeHours.ContainsKey))
        {
            var alarms = sweep.Broken.Count(life => life.Plan.Profile == profile && life.Violation?.Oracle == "S9");
            output.WriteLine(
                $"nodes called silent that were heard, profile {profile}: "
                    + DetectionReport.Bound(alarms, sweep.NodeHours[profile])
            );
        }
    }

    private static double At(double[] sorted, double part) =>
        sorted[(int)Math.Min(sorted.Length * part, sorted.Length - 1)];

    private void Rate(Sweep sweep, TimeSpan processor) =>
        output.WriteLine(
            Say(
                $"on one core: {sweep.LifeCount / processor.TotalSeconds:0.0} lives a second, {sweep.Simulated / processor:0} times as fast as the clock"
            )
        );

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
