using System.Collections.Immutable;
using System.Net;
using ClusterRas.Fabric;

namespace ClusterRas.Transport.Grpc;

/// <summary>Where one link leads.</summary>
/// <param name="Link">The link, by the peer's name here.</param>
/// <param name="Peer">Where the peer's die listens.</param>
/// <param name="Local">This node's own address on that die, from which it dials. Null: the kernel chooses.</param>
public sealed record GrpcLinkAddress(LinkId Link, HostPort Peer, IPAddress? Local)
{
    /// <summary>The links to all other nodes of the map, one for each die.</summary>
    /// <param name="listen">
    /// Where this node listens, per die. Connections of a die leave from its address; where that is a name, the kernel
    /// chooses.
    /// </param>
    public static ImmutableArray<GrpcLinkAddress> AllOf(Topology topology, NodeId self, IReadOnlyList<HostPort> listen)
    {
        var locals = listen.Select(at => IPAddress.TryParse(at.Host, out var address) ? address : null).ToArray();
        return
        [
            .. from node in topology.Nodes
            where node.Id != self
            from die in node.Dies
            select new GrpcLinkAddress(
                new LinkId(node.Id, die.Die, TransportKind.Grpc),
                die.Grpc,
                locals[die.Die.Value]
            ),
        ];
    }
}
