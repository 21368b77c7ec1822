using System.Collections.Immutable;
using ClusterRas.Fabric;
using ClusterRas.Wire.V1;
using TransportKind = ClusterRas.Fabric.TransportKind;

namespace ClusterRas.Ctl.Probing;

/// <summary>What came of asking one planned node at each of its DIEs.</summary>
/// <param name="Node">As the file has it.</param>
/// <param name="Dies">Per DIE: empty where it answered, else what was found.</param>
/// <param name="Status">Its answer; null: none of its DIEs gave one.</param>
/// <param name="Live">The map that it runs with, asked for where it is another than the file's; null: not known.</param>
internal sealed record ProbedNode(TopologyNode Node, ImmutableArray<string> Dies, Status? Status, Topology? Live)
{
    /// <summary>True: it runs with the map of the file.</summary>
    public bool HasMapOf(Topology map) => Status?.TopologyDigest == map.Digest.ToString();

    /// <summary>What it says about a link to a peer; null: it has no such link, or did not answer.</summary>
    public LinkView? LinkTo(NodeId peer, Die die, TransportKind transport) =>
        Status?.Links.FirstOrDefault(link =>
            link.HasPeer
            && link.Peer == (uint)peer.Value
            && link.Die == (uint)die.Value
            && link.Transport == WireOf(transport)
        );

    /// <summary>True: it answers, and has links of this transport to somebody.</summary>
    public bool HasLinksOf(TransportKind transport) =>
        Status is { } status && status.Links.Any(link => link.Transport == WireOf(transport));

    private static Wire.V1.TransportKind WireOf(TransportKind transport) =>
        transport switch
        {
            TransportKind.Urma => Wire.V1.TransportKind.Urma,
            TransportKind.Uvb => Wire.V1.TransportKind.Uvb,
            TransportKind.Grpc => Wire.V1.TransportKind.Grpc,
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
