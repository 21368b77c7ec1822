using System.Collections.Immutable;

namespace ClusterRas.Fabric;

/// <summary>What came of reading a topology file: the map, or everything that is wrong with it. Never both.</summary>
public abstract record TopologyReading
{
    private TopologyReading() { }

    /// <summary>The file is right.</summary>
    public sealed record Accepted(Topology Topology) : TopologyReading;

    /// <summary>The file is wrong: every problem, in the order of the text; at least one, at most 1000.</summary>
    public sealed record Refused(ImmutableArray<TopologyProblem> Problems) : TopologyReading;
}
