using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ClusterRas.Fabric;

/// <summary>The map of all nodes, DIEs and addresses: validated, immutable, never in a wrong state.</summary>
/// <remarks>Two topologies are equal when they say the same, whatever their files looked like.</remarks>
public sealed class Topology : IEquatable<Topology>
{
    /// <summary>The version of the file's format that this program reads and writes.</summary>
    public const int FormatVersion = 1;

    private readonly Dictionary<NodeId, TopologyNode> byId;
    private readonly Dictionary<string, TopologyNode> byName;
    private readonly Dictionary<Cna, TopologyNode> byCna = [];
    private readonly Dictionary<Eid, (TopologyNode Node, TopologyDie Die)> byEid = [];

    /// <summary>Only for the reader, which has checked everything.</summary>
    internal Topology(
        string cluster,
        IEnumerable<TopologyNode> nodes,
        IEnumerable<NodeId> control,
        UbSettings ub,
        Tuning tuning
    )
    {
        Tuning = tuning;
        Cluster = cluster;
        Ub = ub;
        Nodes = [.. nodes.OrderBy(n => n.Id)];
        ControlGroup = [.. control.Order()];
        byId = Nodes.ToDictionary(n => n.Id);
        byName = Nodes.ToDictionary(n => n.Name, StringComparer.Ordinal);
        foreach (var node in Nodes)
        {
            if (node.Cna is { } cna)
            {
                byCna.Add(cna, node);
            }

            foreach (var die in node.Dies)
            {
                byEid.Add(die.Eid, (node, die));
            }
        }

        Digest = TopologyDigest.FromBytes(SHA256.HashData(Encoding.ASCII.GetBytes(CanonicalContent())));
    }

    /// <summary>The cluster's name: a DNS label in lower case.</summary>
    public string Cluster { get; }

    /// <summary>All nodes, by ascending id; at least one.</summary>
    public ImmutableArray<TopologyNode> Nodes { get; }

    /// <summary>The first voters, by ascending id: 1, 3 or 5 of the nodes.</summary>
    public ImmutableArray<NodeId> ControlGroup { get; }

    /// <summary>What it says about the UnifiedBus beside addresses.</summary>
    public UbSettings Ub { get; }

    /// <summary>Rhythms and limits.</summary>
    public Tuning Tuning { get; }

    /// <summary>DIEs of every node: 1 or 2.</summary>
    public int DieCount => Nodes[0].Dies.Length;

    /// <summary>
    /// Over the content alone: comments, spaces, the order of nodes, and defaults written out or not do not matter.
    /// </summary>
    public TopologyDigest Digest { get; }

    /// <summary>The node; throws <see cref="KeyNotFoundException"/> for an id that the map does not have.</summary>
    public TopologyNode this[NodeId id] => byId[id];

    /// <summary>A map made by a program: tests, the simulator, tools. Goes by the same rules as a file.</summary>
    /// <param name="cluster">The cluster's name.</param>
    /// <param name="nodes">The nodes, in any order.</param>
    /// <param name="control">The first voters. Null: <see cref="DefaultControlGroup"/>.</param>
    /// <param name="ub">What is said about the UnifiedBus. Null: nothing.</param>
    /// <param name="tuning">Rhythms and limits. Null: the defaults.</param>
    /// <exception cref="ArgumentException">The map would be wrong; the message holds every problem.</exception>
    public static Topology Create(
        string cluster,
        IReadOnlyCollection<TopologyNode> nodes,
        IReadOnlyCollection<NodeId>? control = null,
        UbSettings? ub = null,
        Tuning? tuning = null
    )
    {
        if (nodes.Any(n => n.Dies.IsDefault || n.Dies.Where((die, place) => die.Die.Value != place).Any()))
        {
            throw new ArgumentException("Each node's DIEs must be die0, die1 in this order.", nameof(nodes));
        }

        control ??= DefaultControlGroup(nodes.Select(n => n.Id));
        var names = control.Select(NameOf);

        // One set of rules: what a program says is written down and read as a file is.
        var text = TopologyFile.Write(cluster, nodes, names, ub ?? UbSettings.None, tuning ?? Tuning.Default, NameOf);
        var options = new TopologyReadOptions { NodeCountMax = Limits.NodeCountMax };
        return TopologyFile.Read(text, cluster, options) switch
        {
            TopologyReading.Accepted accepted => accepted.Topology,
            TopologyReading.Refused refused => throw new ArgumentException(
                string.Join('\n', refused.Problems),
                nameof(nodes)
            ),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

        string NameOf(NodeId id) => nodes.FirstOrDefault(n => n.Id == id)?.Name ?? id.ToString();
    }

    /// <summary>The control group of a file that names none: the first 5 by id; with fewer nodes 3, or 1.</summary>
    public static ImmutableArray<NodeId> DefaultControlGroup(IEnumerable<NodeId> nodes)
    {
        ImmutableArray<NodeId> sorted = [.. nodes.Order()];
        var size = sorted.Length switch
        {
            >= 5 => 5,
            >= 3 => 3,
            >= 1 => 1,
            _ => 0,
        };
        return sorted[..size];
    }

    /// <summary>The node with this id; null: the map has none.</summary>
    public TopologyNode? FindNode(NodeId id) => byId.GetValueOrDefault(id);

    /// <summary>How people know the node: its name; for an id that the map does not have, the id.</summary>
    public string NameOf(NodeId id) => FindNode(id)?.Name ?? id.ToString();

    /// <summary>The node with this name, lower case as in the file; null: the map has none.</summary>
    public TopologyNode? FindNode(string name) => byName.GetValueOrDefault(name);

    /// <summary>The node with this UVB address; null: the map has none.</summary>
    public TopologyNode? FindNode(Cna cna) => byCna.GetValueOrDefault(cna);

    /// <summary>The DIE with this eid and the node that it belongs to; null: the map has none.</summary>
    public (TopologyNode Node, TopologyDie Die)? FindDie(Eid eid) =>
        byEid.TryGetValue(eid, out var found) ? found : null;

    /// <summary>How long this node's kernel is to wait: its own windows, else those of all; null: the drivers' default.</summary>
    public BlockingTimeouts TimeoutsOf(TopologyNode node) => node.Timeouts.Or(Ub.Timeouts);

    /// <summary>True for a first voter.</summary>
    public bool IsControl(NodeId id) => ControlGroup.Contains(id);

    /// <inheritdoc />
    public bool Equals(Topology? other) => other is not null && Digest == other.Digest;

    /// <inheritdoc />
    public override bool Equals(object? obj) => Equals(obj as Topology);

    /// <inheritdoc />
    public override int GetHashCode() => Digest.GetHashCode();

    /// <summary>For logs: name, size and the start of the digest.</summary>
    public override string ToString() =>
        $"{Cluster} ({Nodes.Length} nodes x {DieCount} DIEs, {Digest.ToString()[..12]})";

    // Digests are compared between versions of this program: a change here makes an upgrade look like a wrong map.
    // No value can hold a blank or a line break, so no two maps share a text.
    private string CanonicalContent()
    {
        var text = new StringBuilder();
        var culture = CultureInfo.InvariantCulture;
        text.Append(culture, $"clusterras topology {FormatVersion}\ncluster {Cluster}\ncontrol");
        foreach (var id in ControlGroup)
        {
            text.Append(culture, $" {id.Value}");
        }

        // What came later has lines only where it is said, so that a map without it keeps its digest.
        text.Append('\n').Append(Ub.Jetty is { } jetty ? $"jetty {jetty}\n" : "");
        AppendTimeouts(text, Ub.Timeouts);
        foreach (var (option, value) in Tuning.Said)
        {
            text.Append(culture, $"{option.Name} {value}\n");
        }

        foreach (var gap in Ub.Gaps)
        {
            text.Append(culture, $"gap {gap.Die.Value} {gap.Lower.Value} {gap.Higher.Value}\n");
        }

        foreach (var node in Nodes)
        {
            text.Append(culture, $"node {node.Id.Value} {node.Name} {node.Cna?.ToString() ?? "-"}\n");
            text.Append(node.Rack is null ? "" : $"rack {node.Rack}\n");
            AppendTimeouts(text, node.Timeouts);
            foreach (var die in node.Dies)
            {
                text.Append(culture, $"die {die.Die.Value} {die.Eid} {die.Grpc}\n");
                text.Append(die.Switch is null ? "" : $"switch {die.Switch}\n");
            }
        }

        return text.ToString();
    }

    private static void AppendTimeouts(StringBuilder text, BlockingTimeouts timeouts)
    {
        text.Append(
            timeouts.PanicMs is { } panic ? string.Create(CultureInfo.InvariantCulture, $"panic_ms {panic}\n") : ""
        );
        text.Append(
            timeouts.KernelRebootMs is { } reboot
                ? string.Create(CultureInfo.InvariantCulture, $"kernel_reboot_ms {reboot}\n")
                : ""
        );
    }
}
