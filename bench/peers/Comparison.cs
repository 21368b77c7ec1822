using System.Globalization;
using ClusterRas.Protocol;

namespace ClusterRas.PeersBench;

/// <summary>Puts one contender after the other through the same kills on the same bed.</summary>
internal sealed class Comparison(PeersOptions options, IReadOnlyList<Contender> contenders)
{
    // Every contender's own rhythms are shorter, or a kill's phase to them is drawn by this all the same.
    private const int PhaseMsMax = 2000;
    private static readonly TimeSpan StartTakes = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RestMax = TimeSpan.FromSeconds(30);

    /// <summary>As far as it can be known beforehand.</summary>
    public TimeSpan TotalTakes =>
        contenders.Aggregate(
            TimeSpan.Zero,
            (sum, c) =>
                sum
                + StartTakes
                + (options.Idle * 2)
                + options.Load
                + TrialsOf(c)
                    * Enum.GetValues<Kill>().Length
                    * ((c.Detects ? 1 : 0) + (c.FailsOver ? 1 : 0))
                    * c.TrialTakes
        );

    /// <summary>What was measured, as it comes.</summary>
    public List<Outcome> Outcomes { get; } = [];

    /// <summary>All of it.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        foreach (var contender in contenders)
        {
            var outcome = new Outcome(contender);
            Outcomes.Add(outcome);
            Say($"--- {contender.Name}, {contender.Settings}, {contender.NodeCount} nodes");
            await using (contender)
            {
                var before = LoadAverage();
                try
                {
                    await contender.StartAsync(stop);
                    await QuietAsync(outcome, stop);
                    await KillsAsync(outcome, stop);
                }
                catch (BedFailedException e)
                {
                    outcome.Failure = e.Message;
                    Say($"    broken off: {e.Message}");
                    foreach (var line in e.Machine?.LogTail() ?? [])
                    {
                        Say($"    {line}");
                    }
                }

                outcome.LoadAverage = $"{before} to {LoadAverage()}";
            }
        }
    }

    private async Task QuietAsync(Outcome outcome, CancellationToken stop)
    {
        if (options.Idle > TimeSpan.Zero)
        {
            // Who has just started still compiles, founds and catches up.
            await Task.Delay(options.Idle < RestMax ? options.Idle : RestMax, stop);
            outcome.Idle = await IdleCost.MeasureAsync(outcome.Contender, options.Idle, stop);
        }

        if (options.Load > TimeSpan.Zero)
        {
            var declared = await outcome.Contender.DeclarationsAsync(stop);
            using (new Load(Environment.ProcessorCount))
            {
                await Task.Delay(options.Load, stop);
            }

            outcome.FalseAlarms = await outcome.Contender.DeclarationsAsync(stop) - declared;
            Say($"    {outcome.FalseAlarms} false alarms in {options.Load.TotalSeconds:0} s of full processors");
        }
    }

    private async Task KillsAsync(Outcome outcome, CancellationToken stop)
    {
        var contender = outcome.Contender;
        foreach (var kill in Enum.GetValues<Kill>())
        {
            var prng = new Prng((options.Seed * 31) + (ulong)kill);
            outcome.Detections[kill] = [];
            outcome.Failovers[kill] = [];
            for (var trial = 0; trial < TrialsOf(contender); trial++)
            {
                if (contender.Detects)
                {
                    await PhaseAsync(prng, stop);
                    var found = await contender.DetectAsync(kill, prng, stop);
                    outcome.Detections[kill].Add(found);
                    Say($"    {kill} {trial + 1}: first {Ms(found?.First)}, all {Ms(found?.All)}");
                }

                if (contender.FailsOver)
                {
                    await PhaseAsync(prng, stop);
                    var took = await contender.FailOverAsync(kill, prng, stop);
                    outcome.Failovers[kill].Add(took);
                    Say($"    {kill} of the leader {trial + 1}: next write {Ms(took)}");
                }
            }
        }
    }

    private static Task PhaseAsync(Prng prng, CancellationToken stop) =>
        Task.Delay(TimeSpan.FromMilliseconds(prng.Below(PhaseMsMax)), stop);

    private int TrialsOf(Contender contender) => Math.Min(options.Trials, contender.TrialsMax);

    private static string Ms(TimeSpan? time) =>
        time is { } known
            ? string.Create(CultureInfo.InvariantCulture, $"{known.TotalMilliseconds:0} ms")
            : "not in time";

    private static string LoadAverage() => File.ReadAllText("/proc/loadavg").Split(' ')[0];

    private static void Say(string text) => Console.WriteLine(text);
}
