using ClusterRas.Fabric.Drafts;
using static ClusterRas.Fabric.Rules.RuleBook;

namespace ClusterRas.Fabric.Rules;

/// <summary>Who lists whom on one way: one DIE's eids, or the CNAs.</summary>
/// <typeparam name="T">The address.</typeparam>
/// <param name="way">As problems call it: <c>die0</c>, <c>server_cna</c>.</param>
/// <param name="nodes">All that have such a list, or should.</param>
/// <param name="ownOf">A node's own address on this way; null: it has none.</param>
/// <param name="keepsGaps">A map has a place for pairs that do not list each other.</param>
internal sealed class PeerLayer<T>(
    string way,
    IReadOnlyList<DraftNode> nodes,
    Func<DraftNode, T?> ownOf,
    bool keepsGaps
)
    where T : struct, IEquatable<T>
{
    private readonly Dictionary<DraftNode, (Place At, HashSet<DraftNode> Listed, List<Said<T>> Unknown)> lists = [];

    /// <summary>Takes one node's list; null: it has none.</summary>
    /// <param name="node">Whose it is.</param>
    /// <param name="list">As it stands.</param>
    /// <param name="listed">Whose addresses are in it.</param>
    /// <param name="unknown">Its other entries.</param>
    public void Add(DraftNode node, DraftList<T>? list, IEnumerable<DraftNode> listed, IEnumerable<Said<T>> unknown)
    {
        if (list is null ? node.Peers!.HasBadCommand : list.HasBadItems)
        {
            // Who would be missing may be what was refused: that is told already.
            lists[node] = (list?.At ?? node.At, [.. nodes.Where(peer => peer != node)], []);
        }
        else if (list is not null)
        {
            var isTooLong = list.Items.Count > Limits.NodeCountMax;
            lists[node] = (list.At, [.. listed.Where(peer => peer != node)], isTooLong ? [] : [.. unknown]);
        }
    }

    /// <summary>Pairs of which neither lists the other, in the order of the nodes.</summary>
    public IEnumerable<(DraftNode, DraftNode)> Gaps() =>
        from one in nodes.Index()
        from other in nodes.Skip(one.Index + 1)
        where !Lists(one.Item, other) && !Lists(other, one.Item)
        select (one.Item, other);

    /// <summary>Adds what is wrong between the lists.</summary>
    public void Check(ProblemList problems)
    {
        var meant = GuessUnknown();
        TellUnknown(meant, problems);
        TellOneWay(meant, problems);
        TellGaps(meant, problems);
    }

    private bool Lists(DraftNode node, DraftNode peer) =>
        lists.TryGetValue(node, out var list) && list.Listed.Contains(peer);

    private IEnumerable<DraftNode> MissingIn(DraftNode node) =>
        nodes.Where(peer => peer != node && ownOf(peer) is not null && !Lists(node, peer) && Lists(peer, node));

    // An entry that nobody has, in a list that lacks somebody, was probably meant for him: one mistake, one problem.
    private Dictionary<(DraftNode Node, Said<T> Entry), DraftNode?> GuessUnknown()
    {
        var meant = new Dictionary<(DraftNode, Said<T>), DraftNode?>();
        foreach (var node in nodes.Where(lists.ContainsKey))
        {
            var missing = MissingIn(node).ToList();
            if (missing.Count == 0)
            {
                missing = [.. nodes.Where(peer => peer != node && !Lists(node, peer))];
            }

            foreach (var entry in lists[node].Unknown)
            {
                var text = $"{entry.Value}";
                var best = missing.MinBy(peer => Distance($"{ownOf(peer)}", text));
                meant[(node, entry)] = best;
                if (best is not null)
                {
                    missing.Remove(best);
                }
            }
        }

        return meant;
    }

    private void TellUnknown(Dictionary<(DraftNode Node, Said<T> Entry), DraftNode?> meant, ProblemList problems)
    {
        foreach (var same in meant.GroupBy(one => one.Key.Entry.Value))
        {
            var (node, entry) = same.First().Key;
            var others = same.Select(one => one.Key.Node.Owner).Distinct().Skip(1).ToList();
            var also = others.Count > 0 ? $" (and in those of {Listed(others)})" : "";
            var peer = same.First().Value;
            problems.Add(
                entry.At,
                TopologyProblemCode.UnknownPeer,
                $"{node.Owner} {way}: {entry.Value} in its list{also} is no node's",
                "addresses of nodes of this map only",
                peer is not null && ownOf(peer) is { } own
                    ? $"did you mean {own} of {peer.Owner}?"
                    : "correct it, or give the lines of that node, too"
            );
        }
    }

    private void TellOneWay(Dictionary<(DraftNode Node, Said<T> Entry), DraftNode?> meant, ProblemList problems)
    {
        foreach (var node in nodes.Where(node => ownOf(node) is not null))
        {
            var guessed = meant.Where(one => one.Key.Node == node).Select(one => one.Value).ToHashSet();
            var missing = MissingIn(node).Where(peer => !guessed.Contains(peer)).ToList();
            if (missing.Count == 0)
            {
                continue;
            }

            var isThere = lists.TryGetValue(node, out var list);
            problems.Add(
                isThere ? list.At : node.At,
                TopologyProblemCode.OneWay,
                isThere
                    ? $"{node.Owner} {way}: its list lacks {Listed(missing.Select(peer => peer.Owner))}, which {(missing.Count == 1 ? "lists" : "list")} it"
                    : $"{node.Owner} {way}: it has no list, but {Listed(missing.Select(peer => peer.Owner))} list it",
                "both directions, or neither",
                $"add {string.Join(" and ", missing.Take(4).Select(peer => $"{ownOf(peer)}"))}{(missing.Count > 4 ? " and the others" : "")}"
            );
        }
    }

    private void TellGaps(Dictionary<(DraftNode Node, Said<T> Entry), DraftNode?> meant, ProblemList problems)
    {
        var gaps = Gaps()
            .Where(gap => ownOf(gap.Item1) is not null && ownOf(gap.Item2) is not null)
            .Where(gap => !meant.Any(one => Is(one, gap.Item1, gap.Item2) || Is(one, gap.Item2, gap.Item1)))
            .ToList();
        if (gaps.Count == 0)
        {
            return;
        }

        var node = gaps[0].Item1;
        problems.Add(
            lists.TryGetValue(node, out var list) ? list.At : node.At,
            TopologyProblemCode.MeshGap,
            Invariant(
                $"{way}: {gaps.Count} of {nodes.Count * (nodes.Count - 1) / 2} pairs list each other on neither side: "
            ) + Listed(gaps.Select(gap => $"{NameOf(gap.Item1)}-{NameOf(gap.Item2)}")),
            "every node in every other node's list",
            keepsGaps
                ? "add them on both sides, or keep the gaps: import writes them into the map"
                : "add them on both sides: a map has no place for these gaps, and an export would list everybody"
        );

        static bool Is(KeyValuePair<(DraftNode Node, Said<T>), DraftNode?> one, DraftNode node, DraftNode peer) =>
            one.Key.Node == node && one.Value == peer;
    }

    private static int Distance(string one, string other) =>
        one.Length == other.Length ? one.Zip(other).Count(pair => pair.First != pair.Second) : int.MaxValue;
}
