namespace ClusterRas.Fabric;

/// <summary>One of a node's at most two interconnect chips, each a rail of its own: 0 or 1.</summary>
public readonly record struct Die(int Value) : IComparable<Die>
{
    /// <inheritdoc />
    public int CompareTo(Die other) => Value.CompareTo(other.Value);

    /// <summary>As in logs: <c>die0</c>.</summary>
    public override string ToString() => Value == 0 ? "die0" : "die1";
}
