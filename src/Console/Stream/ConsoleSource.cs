using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Console.Stream;

/// <summary>Where the console's truth comes from: the core of the node that serves it, and nothing else.</summary>
/// <param name="Read">The state now, from between two steps.</param>
/// <param name="Changed">Done when it may look different.</param>
/// <param name="Version">Of the serving program.</param>
/// <param name="TellWire">Which wire carries a link, and after a semicolon why no better one; null: there is one wire only.</param>
/// <param name="AheadOfMs">By how much this node's wall clock is ahead of a peer's, in ms; null: nobody says.</param>
public sealed record ConsoleSource(
    Func<Task<NodeStatus>> Read,
    Func<Task> Changed,
    string Version,
    Func<LinkId, string>? TellWire = null,
    Func<NodeId, long?>? AheadOfMs = null
);
