namespace ClusterRas.Fabric;

/// <summary>What a reader of topology files may be told.</summary>
public sealed record TopologyReadOptions
{
    /// <summary>Most nodes to take; ids stay below it. Default 16; more than <see cref="Limits.NodeCountMax"/> has no effect.</summary>
    public int NodeCountMax { get; init; } = Limits.NodeCountDefaultMax;
}
