using ClusterRas.Fabric.Drafts;
using static ClusterRas.Fabric.Rules.RuleBook;

namespace ClusterRas.Fabric.Rules;

/// <summary>No rack and no switch, where the map names them, takes a majority of the control group with it.</summary>
/// <remarks>
/// A switch takes a node with it when all of the node's DIEs are on it. A group of one has its majority in one place
/// whatever is done, so it is left alone.
/// </remarks>
internal static class ControlDomainRule
{
    public static void Check(MapDraft draft, ProblemList problems)
    {
        var members = MembersOf(draft);
        if (members.Count < 3)
        {
            return;
        }

        var majority = (members.Count / 2) + 1;
        Check("rack", members.Where(node => node.Rack is not null).ToLookup(node => node.Rack!.Value));
        Check("switch", members.Where(node => OnlySwitchOf(node) is not null).ToLookup(node => OnlySwitchOf(node)!));

        void Check(string kind, ILookup<string, DraftNode> byPlace)
        {
            foreach (var place in byPlace.Where(place => place.Count() >= majority))
            {
                var names = place.Select(NameOf).ToList();
                problems.Add(
                    draft.Control?.At ?? PlaceOf(place.First(), kind),
                    TopologyProblemCode.ControlDomain,
                    Invariant(
                        $"{kind} {Spelling.Shown(place.Key)} holds {names.Count} of the {members.Count} control nodes ({Listed(names)})"
                    ),
                    Invariant($"at most {majority - 1} of them in one {kind}"),
                    $"name control nodes of other places, or move {names[^1]} to another {kind}"
                );
            }
        }
    }

    private static List<DraftNode> MembersOf(MapDraft draft)
    {
        if (draft.Control is { } control)
        {
            var named = control.Members.Select(member => member.Value).ToHashSet(StringComparer.Ordinal);
            return [.. draft.Nodes.Where(node => node.Name is { } name && named.Contains(name.Value))];
        }

        var ids = draft.Nodes.Where(node => node.Id is not null).Select(node => new NodeId(node.Id!.Value)).Distinct();
        var first = Topology.DefaultControlGroup(ids).Select(id => id.Value).ToHashSet();
        return [.. draft.Nodes.Where(node => node.Id is { } id && first.Contains(id.Value))];
    }

    private static string? OnlySwitchOf(DraftNode node)
    {
        var all = node.Dies.Select(die => die.Switch?.Value).Distinct(StringComparer.Ordinal).ToList();
        return all.Count == 1 ? all[0] : null;
    }

    private static Place PlaceOf(DraftNode node, string kind) =>
        (kind == "rack" ? node.Rack?.At : node.Dies[0].Switch?.At) ?? node.At;
}
