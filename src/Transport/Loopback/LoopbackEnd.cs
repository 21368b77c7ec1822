using ClusterRas.Fabric;

namespace ClusterRas.Transport;

/// <summary>One end of a connection: whose it is, and what that node calls the link.</summary>
internal readonly record struct LoopbackEnd(LoopbackTransport Transport, LinkId Link);
