using ClusterRas.Fabric.Drafts;

namespace ClusterRas.Ctl.Maps;

/// <summary>Chooses the first voters where nobody names them: as far apart as racks and switches allow.</summary>
internal static class ControlChoice
{
    /// <summary>5 nodes, with fewer 3 or 1; null: no places are named, and the first ones will do.</summary>
    public static DraftControl? Spread(MapDraft draft)
    {
        var size =
            draft.Nodes.Count >= 5 ? 5
            : draft.Nodes.Count >= 3 ? 3
            : 1;
        if (size == 1 || draft.Nodes.TrueForAll(node => PlacesOf(node).Length == 0))
        {
            return null;
        }

        var chosen = new List<DraftNode>();
        while (chosen.Count < size)
        {
            // The one that shares least with those that are chosen; among equals the first.
            var taken = chosen.SelectMany(PlacesOf).ToList();
            var next = draft
                .Nodes.Except(chosen)
                .MinBy(node => PlacesOf(node).Sum(place => taken.Count(other => other == place)));
            chosen.Add(next!);
        }

        var names = draft.Nodes.Where(chosen.Contains).Select(node => node.Name!).ToList();
        return new DraftControl(draft.At, names.Count, names);
    }

    // A switch counts where it takes the whole node with it.
    private static string[] PlacesOf(DraftNode node)
    {
        var switches = node.Dies.Select(die => die.Switch?.Value).Distinct().ToList();
        return
        [
            .. node.Rack is { } rack ? ["rack " + rack.Value] : Array.Empty<string>(),
            .. switches is [{ } only] ? ["switch " + only] : Array.Empty<string>(),
        ];
    }
}
