using ClusterRas.Simulator.Faults;
using ClusterRas.Simulator.Oracles;

namespace ClusterRas.Simulator;

/// <summary>One simulated life of a cluster and how it went.</summary>
/// <param name="Violation">Null: all promises were kept.</param>
internal sealed record ClusterLife(FaultPlan Plan, Violation? Violation, TimeSpan Simulated, long StepCount)
{
    /// <summary>Plays the plan of a seed.</summary>
    /// <param name="transcript">Null: none is written.</param>
    public static ClusterLife Play(ulong seed, int? nodeCount, Transcript? transcript)
    {
        var plan = FaultPlanner.Draw(seed, nodeCount);
        var cluster = new World.Cluster(plan, transcript);
        var violation = cluster.Run();
        return new ClusterLife(plan, violation, cluster.Now, cluster.StepCount);
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
