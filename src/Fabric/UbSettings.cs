using System.Collections.Immutable;

namespace ClusterRas.Fabric;

/// <summary>What a map says about the UnifiedBus beside addresses; all of it may be left out.</summary>
/// <param name="Jetty">Of all nodes. Null: no URMA is planned.</param>
/// <param name="Timeouts">Of all nodes that have none of their own.</param>
/// <param name="Gaps">Pairs that are not to be linked, in order, each once.</param>
public sealed record UbSettings(JettyId? Jetty, BlockingTimeouts Timeouts, ImmutableArray<LinkGap> Gaps)
{
    /// <summary>Nothing said.</summary>
    public static readonly UbSettings None = new(null, default, []);
}
