using System.Globalization;

namespace ClusterRas.Fabric;

/// <summary>The number of the URMA jetty that all nodes of a cluster use alike: 3 to 1023.</summary>
/// <remarks>Source: sysSentry, option --client_jetty_id. A peer's jetty is addressed with the own number.</remarks>
public readonly record struct JettyId(int Value)
{
    /// <summary>The smallest: below it are the well-known ones.</summary>
    public const int Min = 3;

    /// <summary>The largest.</summary>
    public const int Max = 1023;

    /// <summary>Decimal, as sysSentry writes it.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
