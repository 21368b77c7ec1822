namespace ClusterRas.Fabric;

/// <summary>Two nodes that are not to be linked over URMA on one DIE: neither lists the other.</summary>
/// <param name="Die">The rail.</param>
/// <param name="Lower">The node with the lower id.</param>
/// <param name="Higher">The node with the higher id.</param>
public readonly record struct LinkGap(Die Die, NodeId Lower, NodeId Higher) : IComparable<LinkGap>
{
    /// <summary>Of two nodes in any order.</summary>
    public static LinkGap Between(Die die, NodeId one, NodeId other) =>
        one.CompareTo(other) <= 0 ? new(die, one, other) : new(die, other, one);

    /// <inheritdoc />
    public int CompareTo(LinkGap other) =>
        (Die.Value, Lower.Value, Higher.Value).CompareTo((other.Die.Value, other.Lower.Value, other.Higher.Value));
}
