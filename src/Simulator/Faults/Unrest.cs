using ClusterRas.Fabric;

namespace ClusterRas.Simulator.Faults;

/// <summary>How a fault touches the assumptions of L1, from its beginning. Cuts are judged by road and have none.</summary>
/// <param name="Nodes">These may not be themselves.</param>
/// <param name="For">So long.</param>
/// <param name="SeatFor">So long their seats do not count, even where they run again.</param>
internal readonly record struct Unrest(NodeSet Nodes, TimeSpan For, TimeSpan SeatFor)
{
    /// <summary>A node that runs again needs this long to have its connections and the log.</summary>
    public static readonly TimeSpan BackIn = TimeSpan.FromSeconds(3);

    /// <summary>Longer than any life goes on.</summary>
    public static readonly TimeSpan ForGood = TimeSpan.FromDays(1);

    public static Unrest None => default;

    public static Unrest Everywhere(TimeSpan lasts) => new(NodeSet.All(32), lasts, lasts);

    public static Unrest Of(NodeId node, TimeSpan lasts) => new(NodeSet.One(node), lasts, lasts);
}
