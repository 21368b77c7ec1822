using System.Collections.Immutable;

namespace ClusterRas.Fabric;

/// <summary>What came of reading a topology file: the map, or everything that is wrong with it. Never both.</summary>
public abstract record TopologyReading
{
    private TopologyReading() { }

    /// <summary>The file is right: there is a map.</summary>
    public sealed record Accepted(Topology Topology) : TopologyReading
    {
        /// <summary>What is worth knowing all the same: warnings and notes, in the order of the text.</summary>
        public ImmutableArray<TopologyProblem> Warnings { get; init; } = [];
    }

    /// <summary>The file is wrong: every problem, in the order of the text; one of them an error; at most 1000.</summary>
    public sealed record Refused(ImmutableArray<TopologyProblem> Problems) : TopologyReading;

    /// <summary>Every problem, warning and note of the file.</summary>
    public ImmutableArray<TopologyProblem> All =>
        this switch
        {
            Accepted accepted => accepted.Warnings,
            Refused refused => refused.Problems,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
