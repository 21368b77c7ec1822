using ClusterRas.Fabric.Drafts;
using static ClusterRas.Fabric.Rules.RuleBook;

namespace ClusterRas.Fabric.Rules;

/// <summary>The order of DIEs is one and the same: in <c>--eid</c>, in the node's lists, and in everybody else's.</summary>
internal static class DieOrderRule
{
    /// <summary>One node by itself: <c>--eid</c> against its lists.</summary>
    public static void CheckAlone(DraftNode node, ProblemList problems)
    {
        if (EidOwners.HasOtherOrder(node))
        {
            problems.Add(
                node.DiesAt ?? node.At,
                TopologyProblemCode.DieOrder,
                $"{node.Owner}: --eid names {node.Dies[0].Eid?.Value} first, its lists begin with {node.Dies[1].Eid?.Value}",
                "one order of DIEs in --eid and in server_eid",
                "swap the two eids of --eid, or the two lists"
            );
        }
    }

    /// <summary>All nodes against each other.</summary>
    public static void Check(IReadOnlyList<DraftNode> told, EidOwners owners, ProblemList problems)
    {
        var swapped = told.Where(EidOwners.HasOtherOrder).ToHashSet();
        var crossed = told.SelectMany(node => CrossedIn(node, owners))
            .Where(one => !swapped.Contains(one.Node) && !swapped.Contains(one.Peer))
            .ToList();
        while (crossed.Count > 0)
        {
            // Who disagrees with many is the one that is wrong; two that disagree by themselves are one bad entry.
            var pairs = crossed.Select(one => (one.Node, one.Peer)).ToHashSet();
            var odd = told.MaxBy(node => PeersOf(node, pairs).Count())!;
            var against = PeersOf(odd, pairs).ToList();
            if (against.Count < 2)
            {
                break;
            }

            problems.Add(
                odd.DiesAt ?? odd.At,
                TopologyProblemCode.DieOrder,
                $"{odd.Owner} has its DIEs in another order than {Listed(against.Select(peer => peer.Owner))}",
                "the order of DIEs that all other nodes have",
                "swap the two eids of its --eid and its two lists, or its eids in the lists of the others"
            );
            crossed.RemoveAll(one => one.Node == odd || one.Peer == odd);
        }

        foreach (var (node, die, peer, entry) in crossed)
        {
            var right = die < peer.Dies.Count ? peer.Dies[die].Eid?.Value : null;
            problems.Add(
                entry.At,
                TopologyProblemCode.DieOrder,
                Invariant($"{node.Owner} die{die}: {entry.Value} in its list is {peer.Owner} die{1 - die}"),
                Invariant($"eids of die{die} only"),
                right is null ? "remove it" : $"write {right}"
            );
        }
    }

    private static IEnumerable<(DraftNode Node, int Die, DraftNode Peer, Said<Eid> Entry)> CrossedIn(
        DraftNode node,
        EidOwners owners
    ) =>
        from list in (node.Peers!.Eids ?? []).Index()
        from entry in list.Item.Items
        let owner = owners.Find(entry.Value)
        where owner is { } known && known.Node != node && known.Die != list.Index
        select (node, list.Index, owner.Value.Node, entry);

    private static IEnumerable<DraftNode> PeersOf(DraftNode node, HashSet<(DraftNode Node, DraftNode Peer)> pairs) =>
        pairs
            .Where(pair => pair.Node == node)
            .Select(pair => pair.Peer)
            .Union(pairs.Where(pair => pair.Peer == node).Select(pair => pair.Node));
}
