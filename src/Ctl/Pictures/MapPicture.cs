using System.Globalization;
using System.Text;
using System.Xml.Linq;
using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Pictures;

/// <summary>A map as an SVG picture: nodes in their racks, die0 plugged in above, die1 below.</summary>
internal sealed class MapPicture
{
    private const int NodeWidth = 84;
    private const int NodeHeight = 84;
    private const int NodeGap = 14;
    private const int RackGap = 26;
    private const int Margin = 32;
    private const int SwitchHeight = 34;
    private const int WireHeight = 64;
    private const int HeadHeight = 84;
    private const int RackPad = 12;
    private const int RackLabelHeight = 20;
    private const int WidthMin = 720;

    private const string Style = """
        .sheet { fill: #ffffff; }
        svg { font-family: "DejaVu Sans", "Segoe UI", Helvetica, Arial, sans-serif; }
        .title { font-size: 20px; font-weight: 600; fill: #1b2733; }
        .said { font-size: 12px; fill: #55636f; }
        .rack { fill: #f4f6f8; stroke: #d5dce2; }
        .label { font-size: 11px; fill: #55636f; text-anchor: middle; }
        .node { fill: #ffffff; stroke: #8496a5; stroke-width: 1.2; }
        .voter { fill: #fff6df; stroke: #c78a12; stroke-width: 2.2; }
        .name { font-size: 13px; font-weight: 600; fill: #1b2733; text-anchor: middle; }
        .small { font-size: 10.5px; fill: #55636f; text-anchor: middle; }
        .die0 { fill: #1f6fb2; } .die1 { fill: #2f8f5b; }
        .wire0 { stroke: #1f6fb2; } .wire1 { stroke: #2f8f5b; }
        .wire0, .wire1 { fill: none; stroke-width: 1.6; opacity: .75; }
        .port { font-size: 9.5px; font-weight: 600; fill: #ffffff; text-anchor: middle; }
        .switch { font-size: 12px; font-weight: 600; fill: #ffffff; text-anchor: middle; }
        """;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    private readonly Topology map;
    private readonly List<XElement> under = [];
    private readonly List<XElement> over = [];
    private readonly Dictionary<NodeId, int> middleOf = [];
    private readonly int nodesTop;
    private int right = Margin;

    private MapPicture(Topology map)
    {
        this.map = map;
        nodesTop = HeadHeight + SwitchHeight + WireHeight + RackLabelHeight;
    }

    /// <summary>The picture, with a line break at its end.</summary>
    public static string Of(Topology map) => new MapPicture(map).Draw() + "\n";

    private string Draw()
    {
        foreach (var rack in RacksOf(map))
        {
            DrawRack(rack.Key, [.. rack]);
        }

        var width = Math.Max(right - NodeGap - RackGap + Margin + RackPad, WidthMin);
        DrawRail(0, HeadHeight, HeadHeight + SwitchHeight, nodesTop);
        var bottom = nodesTop + NodeHeight;
        if (map.DieCount > 1)
        {
            var top = bottom + RackPad + WireHeight;
            DrawRail(1, top, top, bottom);
            bottom = top + SwitchHeight;
        }

        var foot = DrawFoot(bottom + 34);
        var root = new XElement(
            Svg + "svg",
            new XAttribute("viewBox", Text($"0 0 {width} {foot}")),
            new XAttribute("width", width),
            new XAttribute("height", foot),
            new XAttribute("role", "img"),
            new XElement(Svg + "title", $"Cluster {map.Cluster}: {map.Nodes.Length} nodes x {map.DieCount} DIEs"),
            new XElement(Svg + "style", Style)
        );
        root.Add(
            new XElement(
                Svg + "rect",
                new XAttribute("class", "sheet"),
                new XAttribute("width", "100%"),
                new XAttribute("height", "100%")
            )
        );
        root.Add(Label("title", Margin, 38, $"Cluster {map.Cluster}"));
        root.Add(Label("said", Margin, 60, HeadOf(map)));
        root.Add(under);
        root.Add(over);
        return root.ToString();
    }

    private static string HeadOf(Topology map)
    {
        var jetty = map.Ub.Jetty is { } id ? Text($", jetty {id}") : "";
        return Text(
            $"{map.Nodes.Length} nodes x {map.DieCount} DIE{(map.DieCount == 1 ? "" : "s")}{jetty}, digest {map.Digest.ToString()[..12]}"
        );
    }

    // In the order of their first nodes; nodes of no rack are in one of no name.
    private static IEnumerable<IGrouping<string, TopologyNode>> RacksOf(Topology map) =>
        map.Nodes.GroupBy(node => node.Rack ?? "", StringComparer.Ordinal);

    private void DrawRack(string name, TopologyNode[] nodes)
    {
        var left = right;
        foreach (var node in nodes)
        {
            DrawNode(node, right);
            right += NodeWidth + NodeGap;
        }

        if (name.Length > 0)
        {
            var width = right - NodeGap - left + (2 * RackPad);
            under.Insert(
                0,
                Box(
                    "rack",
                    left - RackPad,
                    nodesTop - RackLabelHeight,
                    width,
                    NodeHeight + RackLabelHeight + RackPad,
                    8
                )
            );
            over.Add(Label("label", left - RackPad + (width / 2), nodesTop - RackLabelHeight + 14, $"rack {name}"));
        }

        right += name.Length > 0 ? RackGap : 0;
    }

    private void DrawNode(TopologyNode node, int left)
    {
        var middle = left + (NodeWidth / 2);
        middleOf[node.Id] = middle;
        var group = new XElement(Svg + "g", new XElement(Svg + "title", TipOf(node)));
        group.Add(Box(map.IsControl(node.Id) ? "voter" : "node", left, nodesTop, NodeWidth, NodeHeight, 8));
        group.Add(Label("name", middle, nodesTop + 40, Shortened(node.Name, 9)));
        group.Add(Label("small", middle, nodesTop + 56, node.Cna is { } cna ? $"CNA {cna}" : "no CNA"));
        foreach (var die in node.Dies)
        {
            var top = die.Die.Value == 0 ? nodesTop : nodesTop + NodeHeight - 16;
            group.Add(Box(die.Die.ToString(), middle - 18, top, 36, 16, 4));
            group.Add(Label("port", middle, top + 11, die.Die.ToString()));
        }

        over.Add(group);
    }

    private string TipOf(TopologyNode node)
    {
        var lines = node.Dies.Select(die =>
            $"{die.Die}: eid {die.Eid}, grpc {die.Grpc}{(die.Switch is { } plug ? $", switch {plug}" : "")}"
        );
        return $"{node.Name} (id {node.Id.Value}){(map.IsControl(node.Id) ? ", votes" : "")}\n{string.Join('\n', lines)}";
    }

    // Each switch above or below the middle of its nodes; nodes of no named switch share the rail itself.
    private void DrawRail(int die, int top, int wiresFrom, int nodesAt)
    {
        var plugs = map.Nodes.GroupBy(node => node.Dies[die].Switch ?? "", StringComparer.Ordinal).ToList();
        var free = Margin;
        foreach (var plug in plugs.OrderBy(plug => plug.Average(node => middleOf[node.Id])))
        {
            var name = plug.Key.Length > 0 ? plug.Key : Text($"die{die}");
            var middles = plug.Select(node => middleOf[node.Id]).ToList();
            var width = Math.Max((name.Length * 8) + 36, plugs.Count == 1 ? middles[^1] - middles[0] + NodeWidth : 120);
            var left = Math.Max(free, (int)middles.Average() - (width / 2));
            free = left + width + NodeGap;
            right = Math.Max(right, free + RackGap);
            over.Add(Box(Text($"die{die}"), left, top, width, SwitchHeight, 6));
            over.Add(Label("switch", left + (width / 2), top + 22, name));
            foreach (var (at, middle) in middles.Index())
            {
                // Wires leave a switch side by side.
                var from = left + ((at + 1) * width / (middles.Count + 1));
                var to = Math.Clamp(middle, left + 8, left + width - 8) == middle ? middle : from;
                var half = (wiresFrom + nodesAt) / 2;
                under.Add(
                    new XElement(
                        Svg + "path",
                        new XAttribute("class", Text($"wire{die}")),
                        new XAttribute(
                            "d",
                            Text($"M {to} {wiresFrom} C {to} {half}, {middle} {half}, {middle} {nodesAt}")
                        )
                    )
                );
            }
        }
    }

    private int DrawFoot(int top)
    {
        over.Add(Box("voter", Margin, top - 11, 22, 14, 3));
        over.Add(Label("said", Margin + 32, top, "votes in the first control group"));
        var gaps = map.Ub.Gaps.Select(gap => $"{gap.Die} {map[gap.Lower].Name}-{map[gap.Higher].Name}").ToList();
        foreach (var (row, some) in gaps.Chunk(8).Index())
        {
            top += 20;
            over.Add(
                Label("said", Margin, top, $"{(row == 0 ? "Not linked over URMA: " : "")}{string.Join(", ", some)}")
            );
        }

        return top + Margin;
    }

    private static XElement Box(string kind, int left, int top, int width, int height, int round) =>
        new(
            Svg + "rect",
            new XAttribute("class", kind),
            new XAttribute("x", left),
            new XAttribute("y", top),
            new XAttribute("width", width),
            new XAttribute("height", height),
            new XAttribute("rx", round)
        );

    private static XElement Label(string kind, int left, int top, string text) =>
        new(Svg + "text", new XAttribute("class", kind), new XAttribute("x", left), new XAttribute("y", top), text);

    // Names of one cluster differ at their ends.
    private static string Shortened(string name, int lengthMax) =>
        name.Length <= lengthMax ? name : string.Concat("\u2026", name.AsSpan(name.Length - lengthMax + 1));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
