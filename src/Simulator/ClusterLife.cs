using ClusterRas.Simulator.Coverage;
using ClusterRas.Simulator.Faults;
using ClusterRas.Simulator.Oracles;

namespace ClusterRas.Simulator;

/// <summary>One simulated life of a cluster and how it went.</summary>
/// <param name="Violation">Null: all promises were kept.</param>
/// <param name="Tally">The faults that began.</param>
internal sealed record ClusterLife(
    FaultPlan Plan,
    Violation? Violation,
    TimeSpan Simulated,
    long StepCount,
    Tally Tally
)
{
    /// <summary>Plays the plan of a seed.</summary>
    /// <param name="transcript">Null: none is written.</param>
    public static ClusterLife Play(ulong seed, int? nodeCount, Transcript? transcript) =>
        Play(FaultPlanner.Draw(seed, nodeCount), transcript);

    /// <summary>Plays a plan.</summary>
    /// <param name="transcript">Null: none is written.</param>
    public static ClusterLife Play(FaultPlan plan, Transcript? transcript)
    {
        using var cluster = new World.Cluster(plan, transcript);
        var violation = cluster.Run();
        return new ClusterLife(plan, violation, cluster.Now, cluster.StepCount, cluster.Tally);
    }

    /// <summary>What an engineer needs: the oracle, when and why, and the line that plays it again.</summary>
    public string Report(int? nodeCount)
    {
        var nodes = nodeCount is null ? "" : $" --nodes {nodeCount}";
        return Violation is { } broken
            ? string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"seed {Plan.Seed}: {broken.Oracle} broken at {broken.At.TotalSeconds:0.000000} s: {broken.Reason}\n"
            ) + $"  again: ./x sim {Plan.Seed}{nodes}"
            : $"seed {Plan.Seed}: all promises kept";
    }
}
