using System.Globalization;
using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Text;

/// <summary>A map for people: what it says, and who is linked with whom.</summary>
internal static class MapText
{
    public static void Write(Page page, Topology map)
    {
        page.Line($"cluster  {map.Cluster}");
        page.Line($"digest   {map.Digest}");
        page.Line($"control  {string.Join(", ", map.ControlGroup.Select(id => map[id].Name))}");
        page.Line($"jetty    {map.Ub.Jetty?.ToString() ?? "none: no URMA is planned"}");
        page.Line($"windows  {WindowsOf(map)}");
        if (TimingProfile.Of(map.Tuning) is { } profile && profile != TimingProfile.Default)
        {
            page.Line($"profile  {profile.Name}: {profile.What}");
        }

        foreach (var member in map.Tuning.Said.GroupBy(one => one.Option.Member))
        {
            var values = member.Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Option} {one.Value}"));
            page.Line($"{member.Key, -7}  {string.Join(", ", values)}; all others as by default");
        }

        page.Line();
        page.Table(NodesOf(map));
        page.Line();
        page.Table(LinkMatrix.Of(map, CellOf(map)));
        page.Line(Legend(map), Tone.Quiet);
    }

    private static string WindowsOf(Topology map)
    {
        var own = map.Nodes.Where(node => !node.Timeouts.IsEmpty).Select(node => node.Name).ToList();
        var more = own.Count == 0 ? "" : $"; of their own: {string.Join(", ", own)}";
        return $"panic {Of(map.Ub.Timeouts.PanicMs)}, kernel reboot {Of(map.Ub.Timeouts.KernelRebootMs)}{more}";

        static string Of(int? ms) =>
            ms is { } known
                ? string.Create(CultureInfo.InvariantCulture, $"{known} ms")
                : $"{BlockingTimeouts.MsDefault} ms (default)";
    }

    private static Sheet NodesOf(Topology map)
    {
        var withPlaces = map.Nodes.Any(node => node.Rack is not null || node.Dies.Any(die => die.Switch is not null));
        string[] headings = ["ID", "NODE", "VOTES", "CNA", "DIE", "EID", "GRPC"];
        var sheet = withPlaces ? new Sheet([.. headings, "RACK", "SWITCH"]) : new Sheet(headings);
        foreach (var node in map.Nodes)
        {
            foreach (var die in node.Dies)
            {
                var isFirst = die.Die.Value == 0;
                List<Cell> cells =
                [
                    isFirst ? $"{node.Id.Value}" : " ",
                    isFirst ? node.Name : " ",
                    isFirst ? (map.IsControl(node.Id) ? "yes" : "") : " ",
                    isFirst ? node.Cna?.ToString() ?? "" : " ",
                    $"{die.Die.Value}",
                    die.Eid.ToString(),
                    GrpcOf(die),
                ];
                if (withPlaces)
                {
                    cells.Add(isFirst ? node.Rack ?? "" : " ");
                    cells.Add(die.Switch ?? "");
                }

                sheet.Add([.. cells]);
            }
        }

        return sheet;
    }

    // The default is the eid once more, which would make the table too wide for most terminals.
    private static string GrpcOf(TopologyDie die) =>
        TopologyDie.TryGetGrpcDefault(die.Eid, out var byDefault) && die.Grpc == byDefault
            ? $"[eid]:{TopologyDie.GrpcPortDefault}"
            : die.Grpc.ToString();

    private static Func<TopologyNode, TopologyNode, Cell> CellOf(Topology map)
    {
        var links = PlannedLink.AllOf(map).ToHashSet();
        var transport = Shown(map);
        return (node, other) =>
        {
            var (lower, higher) = node.Id.CompareTo(other.Id) < 0 ? (node.Id, other.Id) : (other.Id, node.Id);
            var dies = Enumerable
                .Range(0, map.DieCount)
                .Select(die =>
                    links.Contains(new PlannedLink(lower, higher, new Die(die), transport)) ? (char)('0' + die) : '.'
                );
            var text = string.Concat(dies);
            return new Cell(text, text.Contains('.', StringComparison.Ordinal) ? Tone.Uneasy : Tone.Good);
        };
    }

    private static string Legend(Topology map)
    {
        var wire = Shown(map) == TransportKind.Urma ? "URMA" : "gRPC";
        var example = map.DieCount == 1 ? "\"0\"" : "\"01\" on both DIEs, \"0.\" on die0 only, \"..\" not at all";
        return $"{wire} links: {example}. Columns are ids.";
    }

    private static TransportKind Shown(Topology map) => map.Ub.Jetty is null ? TransportKind.Grpc : TransportKind.Urma;
}
