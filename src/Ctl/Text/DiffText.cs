using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Text;

/// <summary>The difference of two maps for people.</summary>
internal static class DiffText
{
    private static readonly LinkFate[] Fates = [LinkFate.GoesDown, LinkFate.ComesUp, LinkFate.Remade];

    public static void Write(Page page, Topology before, Topology after, TopologyDiff diff)
    {
        page.Line($"before  {before}");
        page.Line($"after   {after}");
        if (diff.IsEmpty)
        {
            page.Line("the maps say the same", Tone.Good);
            return;
        }

        page.Line();
        WriteChanges(page, diff);
        page.Line();
        page.Table(CountsOf(diff));
        WriteLinks(page, diff);
        page.Line();
        page.Table(NodesOf(before, after, diff));
    }

    /// <summary>As messages name it: <c>goes down</c>.</summary>
    public static string WordOf(LinkFate fate) =>
        fate switch
        {
            LinkFate.GoesDown => "goes down",
            LinkFate.ComesUp => "comes up",
            LinkFate.Remade => "is re-made",
            _ => "stays",
        };

    /// <summary>What is said otherwise, for all and for each node.</summary>
    public static void WriteChanges(Page page, TopologyDiff diff)
    {
        var sheet = new Sheet("WHO", "WHAT", "BEFORE", "AFTER");
        foreach (var change in diff.Cluster)
        {
            sheet.Add("all", change.What, change.Before ?? "", change.After ?? "");
        }

        foreach (var (name, changes) in diff.Nodes)
        {
            foreach (var change in changes)
            {
                sheet.Add(name, change.What, change.Before ?? "", change.After ?? "");
            }
        }

        page.Table(sheet);
    }

    private static Sheet CountsOf(TopologyDiff diff)
    {
        var sheet = new Sheet("LINKS", "STAY", "GO DOWN", "COME UP", "RE-MADE");
        foreach (var way in diff.Links.GroupBy(link => (link.Transport, link.Die)))
        {
            var counts = way.CountBy(link => link.Fate).ToDictionary();
            sheet.Add(
                WayOf(way.Key.Die, way.Key.Transport),
                $"{counts.GetValueOrDefault(LinkFate.Stays)}",
                Count(LinkFate.GoesDown, Tone.Bad),
                Count(LinkFate.ComesUp, Tone.Good),
                Count(LinkFate.Remade, Tone.Uneasy)
            );

            Cell Count(LinkFate fate, Tone tone) =>
                counts.GetValueOrDefault(fate) is var count and > 0 ? new Cell($"{count}", tone) : "";
        }

        return sheet;
    }

    // "n03 with n01, n02" reads better than two pairs: whoever is in most of them comes first.
    private static void WriteLinks(Page page, TopologyDiff diff)
    {
        foreach (var way in diff.Links.GroupBy(link => (link.Transport, link.Die)))
        {
            foreach (var fate in Fates)
            {
                var left = way.Where(link => link.Fate == fate).ToList();
                while (left.Count > 0)
                {
                    var most = left.SelectMany(link => new[] { link.One, link.Other })
                        .CountBy(name => name)
                        .MaxBy(one => one.Value)
                        .Key;
                    var its = left.Where(link => link.One == most || link.Other == most).ToList();
                    left.RemoveAll(its.Contains);
                    var peers = its.Select(link => link.One == most ? link.Other : link.One);
                    page.Line(
                        $"  {WayOf(way.Key.Die, way.Key.Transport)} {WordOf(fate)}: {most} with {string.Join(", ", peers)}"
                    );
                }
            }
        }
    }

    private static Sheet NodesOf(Topology before, Topology after, TopologyDiff diff)
    {
        var sheet = new Sheet("NODE", "IS", "LINKS GO DOWN", "COME UP", "RE-MADE");
        foreach (
            var name in before
                .Nodes.Concat(after.Nodes)
                .Select(node => node.Name)
                .Distinct()
                .Order(StringComparer.Ordinal)
        )
        {
            var its = diff
                .Links.Where(link => link.One == name || link.Other == name)
                .CountBy(link => link.Fate)
                .ToDictionary();
            var state =
                before.FindNode(name) is null ? new Cell("added", Tone.Good)
                : after.FindNode(name) is null ? new Cell("removed", Tone.Bad)
                : diff.Nodes.ContainsKey(name) ? new Cell("changed", Tone.Uneasy)
                : new Cell("same", Tone.Quiet);
            var cells = Fates.Select(fate => new Cell(
                its.TryGetValue(fate, out var count) ? $"{count}" : "",
                Tone.Plain
            ));
            sheet.Add([new Cell(name, Tone.Plain), state, .. cells]);
        }

        return sheet;
    }

    /// <summary>A rail and a wire: <c>die0 urma</c>; UVB has no rails.</summary>
    public static string WayOf(Die die, TransportKind transport) =>
        transport switch
        {
            TransportKind.Urma => $"{die} urma",
            TransportKind.Uvb => "uvb",
            _ => $"{die} grpc",
        };
}
