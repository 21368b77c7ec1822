using ClusterRas.Fabric.Drafts;
using static ClusterRas.Fabric.Rules.RuleBook;

namespace ClusterRas.Fabric.Rules;

/// <summary>What nodes' own lists of peers must keep to: their form by themselves, then against each other.</summary>
internal static class PeerListRules
{
    public static void Check(MapDraft draft, ProblemList problems)
    {
        var told = draft.Nodes.Where(node => node.Peers is not null).ToList();
        foreach (var node in told)
        {
            CheckAlone(node, problems);
        }

        // With one node's lists alone there is nothing to hold them against.
        if (told.Count < 2)
        {
            return;
        }

        var owners = new EidOwners(told);
        DieOrderRule.Check(told, owners, problems);
        foreach (var layer in EidLayers(told, owners))
        {
            layer.Check(problems);
        }

        CnaListRule.Check(told, problems);
    }

    /// <summary>Pairs of which neither lists the other, per DIE; meant for drafts without errors.</summary>
    public static IEnumerable<(Die Die, DraftNode, DraftNode)> GapsOf(MapDraft draft)
    {
        var told = draft.Nodes.Where(node => node.Peers is not null).ToList();
        return told.Count < 2
            ? []
            : EidLayers(told, new EidOwners(told))
                .Index()
                .SelectMany(layer => layer.Item.Gaps().Select(gap => (new Die(layer.Index), gap.Item1, gap.Item2)));
    }

    private static IEnumerable<PeerLayer<Eid>> EidLayers(List<DraftNode> told, EidOwners owners)
    {
        // Without any list there is no URMA at all, which is no gap.
        var dieCount = told.Max(node => node.Peers!.Eids?.Count ?? 0);
        for (var die = 0; die < Math.Min(dieCount, Limits.DieCountMax); die++)
        {
            var at = die;
            var layer = new PeerLayer<Eid>(
                Invariant($"die{die}"),
                told,
                node => at < node.Dies.Count ? node.Dies[at].Eid?.Value : null,
                keepsGaps: true
            );
            foreach (var node in told)
            {
                var list = node.Peers!.Eids is { } lists && at < lists.Count ? lists[at] : null;
                layer.Add(
                    node,
                    list,
                    list?.Items.Select(item => owners.Find(item.Value)?.Node).OfType<DraftNode>() ?? [],
                    list?.Items.Where(item => owners.Find(item.Value) is null) ?? []
                );
            }

            yield return layer;
        }
    }

    private static void CheckAlone(DraftNode node, ProblemList problems)
    {
        DieOrderRule.CheckAlone(node, problems);
        foreach (var (die, list) in (node.Peers!.Eids ?? []).Index())
        {
            var owner = Invariant($"{node.Owner} die{die}");
            CheckLength(list, owner, problems);
            CheckTwice(list, owner, TopologyProblemCode.EidTaken, problems);
            CheckHead(node, die, list, owner, problems);
            CheckOwnOther(node, die, list, owner, problems);
        }

        if (node.Peers.Cnas is { } cnas)
        {
            CheckLength(cnas, node.Owner, problems);
            CheckTwice(cnas, node.Owner, TopologyProblemCode.CnaTaken, problems);
        }

        if (node.Cna is null && !node.Peers.HasBadCna && !node.Peers.HasBadCommand)
        {
            problems.Add(
                node.At,
                TopologyProblemCode.CnaMissing,
                $"{node.Owner} has no CNA of its own",
                "a CNA of 0 to 16777214",
                "set it: sentryctl set sentry_remote_reporter --cna=..."
            );
        }
    }

    private static void CheckLength<T>(DraftList<T> list, string owner, ProblemList problems)
    {
        if (list.Items.Count > Limits.NodeCountMax)
        {
            problems.Add(
                list.At,
                TopologyProblemCode.ListLength,
                Invariant($"{owner}: its list has {list.Items.Count} entries"),
                Invariant($"at most {Limits.NodeCountMax}"),
                "remove nodes"
            );
        }
    }

    private static void CheckTwice<T>(DraftList<T> list, string owner, TopologyProblemCode code, ProblemList problems)
        where T : struct
    {
        var first = new Dictionary<T, Place>();
        foreach (var item in list.Items)
        {
            if (!first.TryAdd(item.Value, item.At))
            {
                problems.Add(
                    item.At,
                    code,
                    $"{owner}: {item.Value} is in its list twice",
                    "each once",
                    "remove one of the two"
                );
            }
        }
    }

    // At the front of a list it is the order of the DIEs that is wrong, or the head: that is told there.
    private static void CheckOwnOther(DraftNode node, int die, DraftList<Eid> list, string owner, ProblemList problems)
    {
        var other = node.Dies.Count == 2 && die < 2 ? node.Dies[1 - die].Eid?.Value : null;
        foreach (var item in list.Items.Skip(1).Where(item => item.Value == other).Take(1))
        {
            problems.Add(
                item.At,
                TopologyProblemCode.DieOrder,
                Invariant($"{owner}: {item.Value} in its list is its own die{1 - die}"),
                Invariant($"eids of die{die} of the others"),
                "remove it"
            );
        }
    }

    private static void CheckHead(DraftNode node, int die, DraftList<Eid> list, string owner, ProblemList problems)
    {
        var head = list.Items.Count > 0 ? list.Items[0] : null;
        var own = die < node.Dies.Count ? node.Dies[die].Eid : null;
        if (
            head is null
            || list.HasBadItems
            || own?.Value == head.Value
            || (own is null && die < node.Dies.Count)
            || EidOwners.HasOtherOrder(node)
        )
        {
            return;
        }

        problems.Add(
            head.At,
            TopologyProblemCode.LocalEidFirst,
            $"{owner}: its list begins with {head.Value}",
            own is not null
                ? $"its own eid {own.Value} first"
                : Invariant($"no list, for --eid names {node.Dies.Count} DIEs"),
            own is null ? "remove this list, or name its eid in --eid"
                : list.Items.Any(item => item.Value == own.Value) ? $"move {own.Value} to the front"
                : $"put {own.Value} first, or correct --eid"
        );
    }
}
