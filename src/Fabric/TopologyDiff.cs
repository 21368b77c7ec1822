using System.Collections.Immutable;
using System.Globalization;

namespace ClusterRas.Fabric;

/// <summary>One thing that one map says otherwise than another.</summary>
/// <param name="What">Of the node or the cluster: <c>cna</c>, <c>die0 eid</c>; <c>node</c> for all of it.</param>
/// <param name="Before">Null: was not said, or not there.</param>
/// <param name="After">Null: is not said, or not there.</param>
public sealed record TopologyChange(string What, string? Before, string? After);

/// <summary>What becomes of a link between two maps.</summary>
public enum LinkFate
{
    /// <summary>As it was.</summary>
    Stays,

    /// <summary>Was planned and is no more.</summary>
    GoesDown,

    /// <summary>Was not planned.</summary>
    ComesUp,

    /// <summary>Goes down at one address, and comes up at another.</summary>
    Remade,
}

/// <summary>A link of either map, by the names of its nodes.</summary>
public sealed record LinkChange(string One, string Other, Die Die, TransportKind Transport, LinkFate Fate);

/// <summary>What changes for whom when one map takes another's place. Nodes are the same by name.</summary>
/// <param name="Cluster">What changes for all.</param>
/// <param name="Nodes">What changes in a node's own entry, by name.</param>
/// <param name="Links">All links of both maps.</param>
public sealed record TopologyDiff(
    ImmutableArray<TopologyChange> Cluster,
    ImmutableSortedDictionary<string, ImmutableArray<TopologyChange>> Nodes,
    ImmutableArray<LinkChange> Links
)
{
    /// <summary>True: the maps say the same.</summary>
    public bool IsEmpty => Cluster.IsEmpty && Nodes.IsEmpty;

    /// <summary>What changes from one map to the next.</summary>
    public static TopologyDiff Between(Topology before, Topology after)
    {
        var names = before.Nodes.Concat(after.Nodes).Select(node => node.Name).Distinct();
        var nodes = names
            .Select(name => (name, Changes(ValuesOf(before.FindNode(name)), ValuesOf(after.FindNode(name)))))
            .Where(node => !node.Item2.IsEmpty);
        return new TopologyDiff(
            Changes(ValuesOf(before), ValuesOf(after)),
            nodes.ToImmutableSortedDictionary(node => node.name, node => node.Item2, StringComparer.Ordinal),
            LinksOf(before, after)
        );
    }

    private static ImmutableArray<TopologyChange> Changes(
        Dictionary<string, string?> before,
        Dictionary<string, string?> after
    ) =>
        [
            .. before
                .Keys.Union(after.Keys)
                .Select(what => new TopologyChange(what, before.GetValueOrDefault(what), after.GetValueOrDefault(what)))
                .Where(change => change.Before != change.After),
        ];

    private static Dictionary<string, string?> ValuesOf(Topology map)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["cluster"] = map.Cluster,
            ["control"] = string.Join(' ', map.ControlGroup.Select(id => map[id].Name)),
            ["jetty"] = map.Ub.Jetty?.ToString(),
            ["panic_ms"] = Text(map.Ub.Timeouts.PanicMs),
            ["kernel_reboot_ms"] = Text(map.Ub.Timeouts.KernelRebootMs),
            ["gaps"] = map.Ub.Gaps.IsEmpty
                ? null
                : string.Join(
                    ' ',
                    map.Ub.Gaps.Select(gap => $"{gap.Die}:{map[gap.Lower].Name}-{map[gap.Higher].Name}")
                ),
        };
        foreach (var (option, value) in map.Tuning.Said)
        {
            values[option.Name] = Text(value);
        }

        return values;
    }

    private static Dictionary<string, string?> ValuesOf(TopologyNode? node)
    {
        var values = new Dictionary<string, string?>(StringComparer.Ordinal);
        if (node is null)
        {
            return values;
        }

        values["id"] = Text(node.Id.Value);
        values["cna"] = node.Cna?.ToString();
        values["rack"] = node.Rack;
        values["panic_ms"] = Text(node.Timeouts.PanicMs);
        values["kernel_reboot_ms"] = Text(node.Timeouts.KernelRebootMs);
        foreach (var die in node.Dies)
        {
            values[$"{die.Die} eid"] = die.Eid.ToString();
            values[$"{die.Die} grpc"] = die.Grpc.ToString();
            values[$"{die.Die} switch"] = die.Switch;
        }

        return values;
    }

    private static ImmutableArray<LinkChange> LinksOf(Topology before, Topology after)
    {
        var was = AddressesOf(before);
        var becomes = AddressesOf(after);
        return
        [
            .. was
                .Keys.Union(becomes.Keys)
                .OrderBy(link => (link.Transport, link.Die.Value))
                .ThenBy(link => link.One, StringComparer.Ordinal)
                .ThenBy(link => link.Other, StringComparer.Ordinal)
                .Select(link =>
                    link with
                    {
                        Fate = Fate(was.GetValueOrDefault(link), becomes.GetValueOrDefault(link)),
                    }
                ),
        ];
    }

    private static LinkFate Fate(string? before, string? after) =>
        before is null ? LinkFate.ComesUp
        : after is null ? LinkFate.GoesDown
        : before == after ? LinkFate.Stays
        : LinkFate.Remade;

    // The key is the link with its fate left open.
    private static Dictionary<LinkChange, string> AddressesOf(Topology map) =>
        PlannedLink
            .AllOf(map)
            .ToDictionary(
                link =>
                {
                    string[] names = [map[link.Lower].Name, map[link.Higher].Name];
                    Array.Sort(names, StringComparer.Ordinal);
                    return new LinkChange(names[0], names[1], link.Die, link.Transport, LinkFate.Stays);
                },
                link =>
                {
                    string[] ends = [EndOf(map, link.Lower, link), EndOf(map, link.Higher, link)];
                    Array.Sort(ends, StringComparer.Ordinal);
                    return string.Join(' ', ends);
                }
            );

    private static string EndOf(Topology map, NodeId id, PlannedLink link)
    {
        var node = map[id];
        var die = node.Dies[link.Die.Value];
        return link.Transport switch
        {
            TransportKind.Urma => $"{die.Eid}/{map.Ub.Jetty}",
            TransportKind.Uvb => $"{node.Cna}",
            _ => $"{die.Grpc}",
        };
    }

    private static string? Text(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
