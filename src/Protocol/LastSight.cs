using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>When one node had last heard the silent one over one rail.</summary>
/// <param name="By">Who had heard it.</param>
/// <param name="Die">Over which rail.</param>
/// <param name="AgoMs">Before the master found it silent, the observer's own pauses taken off; null: never in its process.</param>
/// <param name="Refused">Its last attempt to connect was refused by a live host.</param>
public readonly record struct LastSight(NodeId By, Die Die, long? AgoMs, bool Refused);
