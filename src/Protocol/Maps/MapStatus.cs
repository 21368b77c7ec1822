using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>The version of the map with which a peer runs, by its last heartbeat.</summary>
public readonly record struct MapOfPeer(NodeId Node, long Version);

/// <summary>The map that a node runs with.</summary>
/// <param name="Topology">The map itself.</param>
/// <param name="Version">Counts the maps that were applied; 0: the one that the cluster was started with.</param>
/// <param name="Former">Nodes that earlier maps had.</param>
/// <param name="Peers">What the peers run with, as far as they were heard in this process; by node.</param>
public sealed record MapStatus(
    Topology Topology,
    long Version,
    EquatableArray<FormerNode> Former,
    EquatableArray<MapOfPeer> Peers
);
