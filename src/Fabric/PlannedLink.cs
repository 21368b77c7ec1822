using System.Collections.Immutable;

namespace ClusterRas.Fabric;

/// <summary>One road between two nodes that a map plans; the same for both.</summary>
/// <param name="Lower">The node with the lower id.</param>
/// <param name="Higher">The node with the higher id.</param>
/// <param name="Die">The rail. UVB has no rails: it is told as die0's, whose message it carries.</param>
/// <param name="Transport">The wire.</param>
public readonly record struct PlannedLink(NodeId Lower, NodeId Higher, Die Die, TransportKind Transport)
{
    /// <summary>All links of a map: by transport, DIE and nodes.</summary>
    /// <remarks>
    /// gRPC runs between all; URMA where a jetty is said, but for the gaps; UVB between all that have a CNA.
    /// </remarks>
    public static ImmutableArray<PlannedLink> AllOf(Topology map)
    {
        var gaps = map.Ub.Gaps.ToHashSet();
        var links = ImmutableArray.CreateBuilder<PlannedLink>();
        foreach (var transport in Enum.GetValues<TransportKind>())
        {
            for (var die = 0; die < map.DieCount; die++)
            {
                links.AddRange(
                    from at in Enumerable.Range(0, map.Nodes.Length)
                    from other in map.Nodes.Skip(at + 1)
                    let node = map.Nodes[at]
                    where IsPlanned(map, gaps, node, other, new Die(die), transport)
                    select new PlannedLink(node.Id, other.Id, new Die(die), transport)
                );
            }
        }

        return links.ToImmutable();
    }

    private static bool IsPlanned(
        Topology map,
        HashSet<LinkGap> gaps,
        TopologyNode node,
        TopologyNode other,
        Die die,
        TransportKind transport
    ) =>
        transport switch
        {
            TransportKind.Urma => map.Ub.Jetty is not null && !gaps.Contains(LinkGap.Between(die, node.Id, other.Id)),
            TransportKind.Uvb => die.Value == 0 && node.Cna is not null && other.Cna is not null,
            _ => true,
        };
}
