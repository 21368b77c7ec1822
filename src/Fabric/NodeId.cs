using System.Globalization;

namespace ClusterRas.Fabric;

/// <summary>A node, by the number that the topology file gives it: 0 to <see cref="Limits.NodeCountMax"/> - 1.</summary>
/// <remarks>The zero value is a real node; "no node" is written <c>NodeId?</c>, never <c>default</c>.</remarks>
public readonly record struct NodeId(int Value) : IComparable<NodeId>
{
    /// <inheritdoc />
    public int CompareTo(NodeId other) => Value.CompareTo(other.Value);

    /// <summary>As operators read it where no name is at hand: <c>#3</c>.</summary>
    public override string ToString() => "#" + Value.ToString(CultureInfo.InvariantCulture);
}
