using System.Globalization;
using ClusterRas.Fabric;

namespace ClusterRas.Simulator.Detection;

/// <summary>How long a silent death takes to be known, by profile, and how often a live node was called dead.</summary>
internal static class DetectionReport
{
    /// <summary>Plays the trials of every profile and prints them.</summary>
    /// <returns>False: a death was missed, a live node called silent, or a promise broken.</returns>
    public static bool Run(TextWriter output, ulong first, int count, int nodeCount)
    {
        output.WriteLine(
            Say($"{count} silent deaths in clusters of {nodeCount} nodes for each profile, from seed {first}")
        );
        var isSound = true;
        foreach (var profile in TimingProfile.All)
        {
            var trials = new DetectionTrial[count];
            Parallel.For(0, count, at => trials[at] = DetectionTrial.Play(first + (ulong)at, nodeCount, profile));
            isSound &= Tell(output, profile, trials);
        }

        return isSound;
    }

    /// <summary>With nothing seen in so many hours, the true rate is below 3 in that time with 95 % confidence.</summary>
    public static string Bound(int alarms, double nodeHours) =>
        alarms > 0
            ? Say($"{alarms} in {nodeHours:0.0} node-hours")
            : Say($"0 in {nodeHours:0.0} node-hours, bound {3 / nodeHours:0.0000} an hour");

    private static bool Tell(TextWriter output, TimingProfile profile, DetectionTrial[] trials)
    {
        var all = trials.Select(trial => trial.KnownByAll).OfType<TimeSpan>().Order().ToArray();
        var first = trials.Select(trial => trial.Committed).OfType<TimeSpan>().Order().ToArray();
        var missed = trials.Length - all.Length;
        var alarms = trials.Sum(trial => trial.FalseAlarms);
        var nodeHours = trials.Sum(trial => trial.NodeTime.TotalHours);
        var broken = trials.Select(trial => trial.Violation).OfType<Oracles.Violation>().ToArray();
        output.WriteLine(
            all.Length == 0
                ? $"{profile}: no death was known by all"
                : Say($"{profile}: committed p50 {At(first, 0.5):0.000}, p99 {At(first, 0.99):0.000} s; ")
                    + Say(
                        $"known by all p50 {At(all, 0.5):0.000}, p99 {At(all, 0.99):0.000}, worst {all[^1].TotalSeconds:0.000} s; "
                    )
                    + Say($"{missed} missed; false alarms {Bound(alarms, nodeHours)}")
        );
        foreach (var violation in broken)
        {
            output.WriteLine(
                Say($"  {violation.Oracle} broken at {violation.At.TotalSeconds:0.000} s: {violation.Reason}")
            );
        }

        return missed == 0 && alarms == 0 && broken.Length == 0;
    }

    private static double At(TimeSpan[] sorted, double part) =>
        sorted[(int)Math.Min(sorted.Length * part, sorted.Length - 1)].TotalSeconds;

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
