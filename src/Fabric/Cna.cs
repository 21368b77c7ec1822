using System.Globalization;

namespace ClusterRas.Fabric;

/// <summary>A node's 24-bit UVB address: 0 to 0xFFFFFE.</summary>
/// <remarks>0xFFFFFF is refused: the stock driver accepts it as a setting and then reads it as "everyone" when it sends.</remarks>
public readonly record struct Cna(uint Value) : IComparable<Cna>
{
    /// <summary>The largest address: 16,777,214.</summary>
    public const uint Max = 0xFFFFFE;

    /// <summary>True for 0 to <see cref="Max"/>.</summary>
    public bool IsValid => Value <= Max;

    /// <inheritdoc />
    public int CompareTo(Cna other) => Value.CompareTo(other.Value);

    /// <summary>Decimal, as sysSentry writes it.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
