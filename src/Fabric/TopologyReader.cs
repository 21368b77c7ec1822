using System.Diagnostics;
using System.Globalization;

namespace ClusterRas.Fabric;

/// <summary>Turns the JSON of one topology file into a map, or into every problem that it has.</summary>
internal sealed class TopologyReader
{
    private static readonly JsonMemberForm Version = new("version", "the number 1", "1");
    private static readonly JsonMemberForm Cluster = new("cluster", DnsLabel.Form, "\"demo\"");
    private static readonly JsonMemberForm Control = new(
        "control",
        "1, 3 or 5 names of nodes of this file",
        "[\"n01\", \"n02\", \"n03\"]",
        Required: false
    );
    private static readonly JsonMemberForm Nodes = new(
        "nodes",
        "a list of nodes, each an object with id, name and dies",
        "[ { \"id\": 0, \"name\": \"n01\", \"dies\": [ ... ] } ]"
    );
    private static readonly JsonMemberForm NodesItem = new(
        "node",
        "an object with id, name and dies",
        "{ \"id\": ... }"
    );
    private static readonly JsonMemberForm ControlItem = new("member", "the name of a node", "\"n01\"");

    private readonly ProblemList problems;
    private readonly int nodeCountMax;
    private readonly TopologyNodeReader nodeReader;

    public TopologyReader(SourceText text, TopologyReadOptions options)
    {
        problems = new ProblemList(text);
        nodeCountMax = Math.Clamp(options.NodeCountMax, 1, Limits.NodeCountMax);
        nodeReader = new TopologyNodeReader(problems, nodeCountMax);
    }

    public TopologyReading Read(JsonTree root)
    {
        var topology = ReadFile(root);
        if (!problems.IsEmpty)
        {
            return new TopologyReading.Refused(problems.InOrderOfText());
        }

        return new TopologyReading.Accepted(topology ?? throw new UnreachableException("no map and no problem"));
    }

    private Topology? ReadFile(JsonTree root)
    {
        if (root is not JsonTree.Object tree)
        {
            problems.Add(
                root.Offset,
                TopologyProblemCode.WrongType,
                $"the file is {root.Shown}",
                "an object with version, cluster and nodes",
                "put braces around the members"
            );
            return null;
        }

        var file = new JsonMembers(tree, "file", [Version, Cluster, Control, Nodes], problems);
        CheckVersion(file);
        var cluster = file.GetLabel(Cluster);
        var nodes = file.Get<JsonTree.Array>(Nodes) is { } list ? ReadNodes(file, list) : null;
        var control = file.Get<JsonTree.Array>(Control) is { } group ? ReadControl(file, group, nodes) : null;
        if (!problems.IsEmpty || cluster is null || nodes is null)
        {
            return null;
        }

        return new Topology(cluster, nodes, control ?? [.. Topology.DefaultControlGroup(nodes.Select(n => n.Id))]);
    }

    private void CheckVersion(JsonMembers file)
    {
        if (
            file.Get<JsonTree.Number>(Version) is { } number
            && !(number.TryGetInt(out var version) && version == Topology.FormatVersion)
        )
        {
            problems.Add(
                number.Offset,
                TopologyProblemCode.Version,
                $"version {number.Shown} of the format is unknown",
                Version.Expected,
                "write 1, or use the release of ClusterRas that wrote the file"
            );
        }
    }

    private List<TopologyNode> ReadNodes(JsonMembers file, JsonTree.Array list)
    {
        var nodes = new List<TopologyNode>();
        if (list.Items.Count == 0 || list.Items.Count > nodeCountMax)
        {
            var canRaise = list.Items.Count is > 0 and <= Limits.NodeCountMax;
            problems.Add(
                list.Offset,
                TopologyProblemCode.NodeCount,
                Invariant($"nodes has {list.Items.Count} nodes"),
                Invariant($"1 to {nodeCountMax}"),
                list.Items.Count == 0 ? "add a node"
                    : canRaise ? Invariant($"remove nodes, or allow more ({Limits.NodeCountMax} at most)")
                    : "remove nodes"
            );
        }

        for (var place = 0; place < list.Items.Count && !problems.IsFull; place++)
        {
            var tree = file.As<JsonTree.Object>(list.Items[place], Invariant($"nodes[{place}]"), NodesItem);
            if (tree is not null && nodeReader.Read(tree, place) is { } node)
            {
                nodes.Add(node);
            }
        }

        CheckDieCounts(nodeReader.DieLists);
        return nodes;
    }

    private void CheckDieCounts(List<(string Owner, JsonTree.Array Dies)> counts)
    {
        foreach (var (owner, dies) in counts.Where(c => c.Dies.Items.Count is 0 or > Limits.DieCountMax))
        {
            AddCount(owner, dies, "1 or 2", dies.Items.Count == 0 ? "add a DIE" : "remove DIEs");
        }

        // The odd one out is the mistake, wherever in the file it stands.
        var sound = counts.Where(c => c.Dies.Items.Count is > 0 and <= Limits.DieCountMax).ToList();
        var usual = sound.GroupBy(c => c.Dies.Items.Count).OrderByDescending(g => g.Count()).FirstOrDefault();
        foreach (var (owner, dies) in sound.Where(c => c.Dies.Items.Count != usual?.Key))
        {
            AddCount(
                owner,
                dies,
                Invariant($"{usual?.Key}, as most nodes of this file have"),
                dies.Items.Count < usual?.Key ? "add its other DIE" : "remove one, or add the second DIE to all others"
            );
        }

        void AddCount(string owner, JsonTree.Array dies, string expected, string advice) =>
            problems.Add(
                dies.Offset,
                TopologyProblemCode.DieCount,
                Invariant($"{owner} has {dies.Items.Count} DIE{(dies.Items.Count == 1 ? "" : "s")}"),
                expected,
                advice
            );
    }

    private List<NodeId> ReadControl(JsonMembers file, JsonTree.Array group, List<TopologyNode>? nodes)
    {
        var control = new List<NodeId>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (group.Items.Count is not (1 or 3 or 5))
        {
            AddControl(group, Invariant($"control has {group.Items.Count} members"), "name 1, 3 or 5 nodes");
        }

        foreach (var item in group.Items.TakeWhile(_ => !problems.IsFull))
        {
            if (file.As<JsonTree.Text>(item, "a member of control", ControlItem) is not { } name)
            {
                continue;
            }

            if (!seen.Add(name.Value))
            {
                AddControl(name, $"control names node {name.Shown} twice", "name another node");
            }
            else if (nodes is not null && !nodeReader.Names.Contains(name.Value))
            {
                var guess = Spelling.Closest(name.Value, nodeReader.Names);
                var advice = guess is null ? "name a node of this file" : $"did you mean {Spelling.Shown(guess)}?";
                AddControl(name, $"control names {name.Shown}, which is no node", advice);
            }
            else if (nodes?.Find(n => n.Name == name.Value) is { } node)
            {
                control.Add(node.Id);
            }
        }

        return control;

        void AddControl(JsonTree at, string found, string advice) =>
            problems.Add(at.Offset, TopologyProblemCode.Control, found, Control.Expected, advice);
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
