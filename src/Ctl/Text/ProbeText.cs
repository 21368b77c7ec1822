using ClusterRas.Ctl.Probing;
using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Text;

/// <summary>A probe for people.</summary>
internal static class ProbeText
{
    private static readonly LinkFinding[] Findings =
    [
        LinkFinding.Up,
        LinkFinding.HalfUp,
        LinkFinding.Down,
        LinkFinding.Unknown,
        LinkFinding.NotBuilt,
    ];

    public static void Write(Page page, Probe probe)
    {
        page.Line($"map  {probe.Map}");
        page.Line();
        page.Table(NodesOf(probe));
        page.Line();
        page.Table(WaysOf(probe));
        page.Line();
        page.Table(LinkMatrix.Of(probe.Map, CellOf(probe)));
        page.Line(
            "gRPC links, a letter for each DIE: + up, / up at one end only, - down, ? nobody answers. Columns are ids.",
            Tone.Quiet
        );
        WriteDown(page, probe);
        WriteMaps(page, probe);
        page.Line();
        page.Line(probe.IsAsPlanned ? "as planned" : "not as planned", probe.IsAsPlanned ? Tone.Good : Tone.Bad);
    }

    private static Sheet NodesOf(Probe probe)
    {
        var sheet = new Sheet("NODE", "ANSWERS AT", "MAP", "LIFE", "RASD");
        foreach (var node in probe.Nodes)
        {
            var doors = node
                .Dies.Index()
                .Select(die => $"die{die.Index}{(die.Item.Length > 0 ? $": {die.Item}" : "")}")
                .ToList();
            var isWhole = node.Dies.All(found => found.Length == 0);
            sheet.Add(
                node.Node.Name,
                new Cell(string.Join(", ", doors), isWhole ? Tone.Good : Tone.Bad),
                MapOf(probe, node),
                node.Status?.Life is { Tag: > 0 } life ? $"{life.Tag}" : "",
                Printable.Of(node.Status?.Version ?? "")
            );
        }

        return sheet;
    }

    private static Cell MapOf(Probe probe, ProbedNode node)
    {
        if (node.Status is not { } status)
        {
            return "";
        }

        var digest = Printable.Of(status.TopologyDigest);
        var version = status.MapVersion > 0 ? $", version {status.MapVersion}" : "";
        return node.HasMapOf(probe.Map)
            ? new Cell($"same{version}", Tone.Good)
            : new Cell($"another: {digest[..Math.Min(12, digest.Length)]}{version}", Tone.Bad);
    }

    private static Sheet WaysOf(Probe probe)
    {
        var sheet = new Sheet("LINKS", "PLANNED", "UP", "HALF UP", "DOWN", "UNKNOWN", "NOT BUILT", "ROUND TRIP");
        foreach (var way in probe.Links.GroupBy(link => (link.Link.Transport, link.Link.Die)))
        {
            var counts = way.CountBy(link => link.Finding).ToDictionary();
            var rtts = way.Select(link => link.RttUs).OfType<ulong>().Order().ToList();
            var cells = Findings.Select(finding => new Cell(
                counts.TryGetValue(finding, out var count) ? $"{count}" : "",
                finding == LinkFinding.Up ? Tone.Good
                    : finding == LinkFinding.NotBuilt ? Tone.Quiet
                    : Tone.Bad
            ));
            sheet.Add([
                new Cell(DiffText.WayOf(way.Key.Die, way.Key.Transport), Tone.Plain),
                new Cell($"{way.Count()}", Tone.Plain),
                .. cells,
                new Cell(rtts.Count == 0 ? "" : $"{Spans.OfUs(rtts[0])} to {Spans.OfUs(rtts[^1])}", Tone.Plain),
            ]);
        }

        return sheet;
    }

    private static Func<TopologyNode, TopologyNode, Cell> CellOf(Probe probe)
    {
        var links = probe
            .Links.Where(link => link.Link.Transport == TransportKind.Grpc)
            .ToDictionary(link => (link.Link.Lower, link.Link.Higher, link.Link.Die.Value), link => link.Finding);
        return (node, other) =>
        {
            var (lower, higher) = node.Id.CompareTo(other.Id) < 0 ? (node.Id, other.Id) : (other.Id, node.Id);
            var found = Enumerable.Range(0, probe.Map.DieCount).Select(die => links[(lower, higher, die)]).ToList();
            var tone = found.TrueForAll(one => one == LinkFinding.Up) ? Tone.Good : Tone.Bad;
            return new Cell(string.Concat(found.Select(SignOf)), tone);
        };
    }

    private static char SignOf(LinkFinding finding) =>
        finding switch
        {
            LinkFinding.Up => '+',
            LinkFinding.HalfUp => '/',
            LinkFinding.Unknown => '?',
            _ => '-',
        };

    private static void WriteDown(Page page, Probe probe)
    {
        foreach (var one in probe.Links.Where(link => link.Finding is LinkFinding.HalfUp or LinkFinding.Down))
        {
            var names = $"{probe.Map[one.Link.Lower].Name}-{probe.Map[one.Link.Higher].Name}";
            page.Line($"  {DiffText.WayOf(one.Link.Die, one.Link.Transport)} {names}: {one.Reason}", Tone.Bad);
        }
    }

    private static void WriteMaps(Page page, Probe probe)
    {
        var others = probe.Nodes.Where(node => node.Status is not null && !node.HasMapOf(probe.Map));
        foreach (var same in others.GroupBy(node => node.Status!.TopologyDigest))
        {
            page.Line();
            var names = string.Join(", ", same.Select(node => node.Node.Name));
            var live = same.Select(node => node.Live).FirstOrDefault(map => map is not null);
            if (live is null)
            {
                page.Line($"{names} will not say which map: its version is another one", Tone.Bad);
                continue;
            }

            page.Line($"from this file to the map of {names}:", Tone.Bad);
            DiffText.WriteChanges(page, TopologyDiff.Between(probe.Map, live));
        }
    }
}
