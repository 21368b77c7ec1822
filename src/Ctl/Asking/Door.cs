using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Asking;

/// <summary>Where a node can be asked.</summary>
/// <param name="NodeName">By the map; null: only the address is known.</param>
/// <param name="Address">Of one of its DIEs.</param>
internal sealed record Door(string? NodeName, HostPort Address)
{
    /// <summary>As messages name it: <c>n01 at 127.0.0.1:7401</c>.</summary>
    public override string ToString() => NodeName is null ? Address.ToString() : $"{NodeName} at {Address}";
}
