namespace ClusterRas.Fabric;

/// <summary>What a reader of topology files may be told.</summary>
public sealed record TopologyReadOptions
{
    /// <summary>Most nodes to take; ids stay below it. 16 unless set, 32 at most.</summary>
    public int NodeCountMax { get; init; } = Limits.NodeCountDefaultMax;
}
