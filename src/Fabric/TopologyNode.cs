using System.Collections.Immutable;

namespace ClusterRas.Fabric;

/// <summary>One node of the map.</summary>
/// <param name="Id">Unique.</param>
/// <param name="Name">Unique; a DNS label in lower case.</param>
/// <param name="Cna">Unique. Null: the node has no UVB.</param>
/// <param name="Dies">1 or 2, die0 first; as many as every other node has.</param>
public sealed record TopologyNode(NodeId Id, string Name, Cna? Cna, ImmutableArray<TopologyDie> Dies)
{
    /// <summary>Where it stands: a <see cref="SiteLabel"/>. Null: not said.</summary>
    public string? Rack { get; init; }

    /// <summary>Its own windows; where they say nothing, those of <see cref="UbSettings"/> hold.</summary>
    public BlockingTimeouts Timeouts { get; init; }

    /// <summary>Equal in every value; an immutable array by itself would compare by reference.</summary>
    public bool Equals(TopologyNode? other) =>
        other is not null
        && Id == other.Id
        && Name == other.Name
        && Cna == other.Cna
        && Rack == other.Rack
        && Timeouts == other.Timeouts
        && Dies.AsSpan().SequenceEqual(other.Dies.AsSpan());

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(Id, Name, Cna);
}
