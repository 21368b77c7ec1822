namespace ClusterRas.PeersBench;

/// <summary>From the kill of a node until others knew.</summary>
/// <param name="First">The first survivor.</param>
/// <param name="All">The last survivor.</param>
internal readonly record struct Detection(TimeSpan First, TimeSpan All);
