using ClusterRas.Fabric.Drafts;

namespace ClusterRas.Fabric.Rules;

/// <summary>Lists of CNAs: everybody else, both directions, and not oneself.</summary>
internal static class CnaListRule
{
    public static void Check(IReadOnlyList<DraftNode> told, ProblemList problems)
    {
        // Without any list there is no UVB at all, which is no gap.
        if (told.All(node => node.Peers!.Cnas is null))
        {
            return;
        }

        var owners = told.Where(node => node.Cna is not null).ToLookup(node => node.Cna!.Value);
        var layer = new PeerLayer<Cna>("server_cna", told, node => node.Cna?.Value, keepsGaps: false);
        foreach (var node in told)
        {
            var list = node.Peers!.Cnas;
            var items = list?.Items ?? [];
            foreach (var own in items.Where(item => item.Value == node.Cna?.Value).Take(1))
            {
                problems.Add(
                    own.At,
                    TopologyProblemCode.OwnCna,
                    $"{node.Owner}: its list of CNAs has its own, {own.Value}",
                    "CNAs of the others only",
                    "remove it"
                );
            }

            var unknown = items.Where(item => !owners.Contains(item.Value) && !IsOfNameless(item));
            layer.Add(node, list, items.SelectMany(item => owners[item.Value]), unknown);
        }

        layer.Check(problems);

        // A node that has said no CNA is told of as such; the number by which the others know it is no second mistake.
        bool IsOfNameless(Said<Cna> item) =>
            told.Any(node =>
                node.Cna is null && !node.Peers!.Cnas?.Items.Exists(own => own.Value == item.Value) != false
            );
    }
}
