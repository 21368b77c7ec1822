using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>A node that an earlier map had: incidents about it stay, and are told by its name.</summary>
public readonly record struct FormerNode(NodeId Node, string Name);
