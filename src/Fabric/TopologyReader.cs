using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace ClusterRas.Fabric;

/// <summary>Turns the JSON of one topology file into a map, or into every problem that it has.</summary>
internal sealed class TopologyReader
{
    private const string EidForm = "8 groups of 4 hex digits, e.g. fd00:0000:0000:0000:0000:0000:0000:0001";
    private const string GrpcForm = "host:port, e.g. n01.example:7400, 10.0.0.1:7400 or [fd00::1]:7400";

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
    private static readonly JsonMemberForm Name = new("name", DnsLabel.Form, "\"n01\"");
    private static readonly JsonMemberForm NodeCna = new(
        "cna",
        "a whole number, 0 to 16777214, or no cna where the node has no UVB",
        "the node's CNA, or remove the member",
        Required: false
    );
    private static readonly JsonMemberForm Dies = new(
        "dies",
        "a list of 1 or 2 DIEs, each an object with an eid",
        "[ { \"eid\": \"fd00:0000:0000:0000:0000:0000:0000:0001\" } ]"
    );
    private static readonly JsonMemberForm DieEid = new("eid", EidForm, "\"fd00:0000:0000:0000:0000:0000:0000:0001\"");
    private static readonly JsonMemberForm Grpc = new("grpc", GrpcForm, "\"n01.example:7400\"", Required: false);

    private readonly ProblemList problems;
    private readonly int nodeCountMax;
    private readonly JsonMemberForm id;
    private readonly Dictionary<object, (string Owner, int Offset)> taken = [];
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    public TopologyReader(SourceText text, TopologyReadOptions options)
    {
        problems = new ProblemList(text);
        nodeCountMax = Math.Clamp(options.NodeCountMax, 1, Limits.NodeCountMax);
        id = new JsonMemberForm("id", $"a whole number, 0 to {nodeCountMax - 1}", "a number that no other node has");
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
        var cluster = ReadName(file, Cluster);
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
        var counts = new List<(string Owner, JsonTree.Array Dies)>();
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

        for (var place = 0; place < list.Items.Count; place++)
        {
            if (file.As<JsonTree.Object>(list.Items[place], Invariant($"nodes[{place}]"), Nodes) is not { } tree)
            {
                continue;
            }

            var owner = OwnerOf(tree, place);
            var members = new JsonMembers(tree, owner, [id, Name, NodeCna, Dies], problems);
            if (ReadNode(members, counts) is { } node)
            {
                nodes.Add(node);
            }
        }

        CheckDieCounts(counts);
        return nodes;
    }

    // Operators know nodes by name; an id or a place will do where there is none.
    private static string OwnerOf(JsonTree.Object tree, int place)
    {
        var name = tree.Members.FirstOrDefault(m => m.Name == Name.Name)?.Value as JsonTree.Text;
        var number = tree.Members.FirstOrDefault(m => m.Name == "id")?.Value as JsonTree.Number;
        return name is not null ? $"node {name.Shown}"
            : number is not null ? $"node #{number.Shown}"
            : Invariant($"nodes[{place}]");
    }

    private TopologyNode? ReadNode(JsonMembers node, List<(string Owner, JsonTree.Array Dies)> counts)
    {
        NodeId? nodeId = node.GetNumber(id, nodeCountMax - 1, TopologyProblemCode.NodeId) is { } number
            ? new NodeId(number)
            : null;
        if (nodeId is not null && node.Get<JsonTree.Number>(id) is { } idAt)
        {
            Claim(nodeId, idAt, node.Owner, $"id {idAt.Shown}");
        }

        var name = ReadName(node, Name);
        if (name is not null && node.Get<JsonTree.Text>(Name) is { } nameAt)
        {
            names.Add(name);
            Claim(name, nameAt, node.Owner, $"name {nameAt.Shown}");
        }

        var cna = ReadCna(node);
        var dies = ImmutableArray.CreateBuilder<TopologyDie>();
        if (node.Get<JsonTree.Array>(Dies) is { } list)
        {
            counts.Add((node.Owner, list));
            for (var place = 0; place < list.Items.Count; place++)
            {
                if (ReadDie(node, list.Items[place], place) is { } die)
                {
                    dies.Add(die);
                }
            }
        }

        return nodeId is { } known && name is not null ? new TopologyNode(known, name, cna, dies.ToImmutable()) : null;
    }

    private string? ReadName(JsonMembers members, JsonMemberForm form)
    {
        if (members.Get<JsonTree.Text>(form) is not { } text)
        {
            return null;
        }

        if (DnsLabel.IsValid(text.Value))
        {
            return text.Value;
        }

        var lower = text.Value.ToLowerInvariant().Replace('_', '-');
        problems.Add(
            text.Offset,
            TopologyProblemCode.Name,
            $"{members.Owner}: {form.Name} {text.Shown} is not a DNS label",
            form.Expected,
            DnsLabel.IsValid(lower) ? $"write \"{lower}\"" : $"write a name such as {form.Example}"
        );
        return null;
    }

    private Cna? ReadCna(JsonMembers node)
    {
        if (node.Get<JsonTree.Number>(NodeCna) is not { } at)
        {
            return null;
        }

        if (at.TryGetInt(out var value) && value == Cna.Max + 1)
        {
            problems.Add(
                at.Offset,
                TopologyProblemCode.Cna,
                $"{node.Owner}: cna {at.Shown} (0xffffff) means \"everyone\" to the driver when it sends",
                NodeCna.Expected,
                $"write {NodeCna.Example}"
            );
            return null;
        }

        if (node.GetNumber(NodeCna, (int)Cna.Max, TopologyProblemCode.Cna) is not { } number)
        {
            return null;
        }

        var cna = new Cna((uint)number);
        Claim(cna, at, node.Owner, $"cna {at.Shown}");
        return cna;
    }

    private TopologyDie? ReadDie(JsonMembers node, JsonTree item, int place)
    {
        var owner = Invariant($"{node.Owner} die{place}");
        if (node.As<JsonTree.Object>(item, owner, Dies) is not { } tree)
        {
            return null;
        }

        var die = new JsonMembers(tree, owner, [DieEid, Grpc], problems);
        var grpcAt = die.Get<JsonTree.Text>(Grpc);
        HostPort? grpc = null;
        if (grpcAt is not null)
        {
            grpc = ReadGrpc(die, grpcAt);
        }

        if (die.Get<JsonTree.Text>(DieEid) is not { } eidAt || ReadEid(die, eidAt) is not { } eid)
        {
            return null;
        }

        if (tree.Members.All(m => m.Name != Grpc.Name))
        {
            grpc = DefaultGrpc(die, eidAt, eid);
        }

        return grpc is { } place2 ? new TopologyDie(new Die(place), eid, place2) : null;
    }

    private Eid? ReadEid(JsonMembers die, JsonTree.Text at)
    {
        if (!Eid.TryParse(at.Value, out var eid))
        {
            // The short form is what "ip address" prints; say what it is in full.
            var isShort =
                at.Value.Contains(':', StringComparison.Ordinal) && !at.Value.Contains('%', StringComparison.Ordinal);
            var full = isShort && IPAddress.TryParse(at.Value, out var address) ? address.GetAddressBytes() : [];
            problems.Add(
                at.Offset,
                TopologyProblemCode.Eid,
                $"{die.Owner}: eid {at.Shown} is not in full form",
                EidForm,
                full.Length == 16 ? $"write {Eid.FromBytes(full)}" : "write the eid of this DIE"
            );
            return null;
        }

        if (eid == Eid.None)
        {
            problems.Add(
                at.Offset,
                TopologyProblemCode.Eid,
                $"{die.Owner}: eid is all zero, which means \"not set\"",
                EidForm,
                "write the eid of this DIE"
            );
            return null;
        }

        Claim(eid, at, die.Owner, $"eid {eid}");
        return eid;
    }

    private HostPort? ReadGrpc(JsonMembers die, JsonTree.Text at)
    {
        if (HostPort.Refusal(at.Value, out var grpc) is { } refusal)
        {
            problems.Add(
                at.Offset,
                TopologyProblemCode.Address,
                $"{die.Owner}: grpc {at.Shown} {refusal}",
                GrpcForm,
                "write where this DIE's gRPC listens, or remove it for [eid]:7400"
            );
            return null;
        }

        Claim(grpc, at, die.Owner, $"grpc {grpc}");
        return grpc;
    }

    private HostPort? DefaultGrpc(JsonMembers die, JsonTree.Text eidAt, Eid eid)
    {
        if (!TopologyDie.TryGetGrpcDefault(eid, out var grpc))
        {
            problems.Add(
                eidAt.Offset,
                TopologyProblemCode.Address,
                $"{die.Owner}: eid {eid} cannot be dialled as an address, and there is no grpc",
                GrpcForm,
                "add grpc to this DIE"
            );
            return null;
        }

        Claim(grpc, eidAt, die.Owner, $"grpc {grpc} (by default from the eid)");
        return grpc;
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

        foreach (var item in group.Items)
        {
            if (file.As<JsonTree.Text>(item, "file", Control) is not { } name)
            {
                continue;
            }

            if (!seen.Add(name.Value))
            {
                AddControl(name, $"control names node {name.Shown} twice", "name another node");
            }
            else if (nodes is not null && !names.Contains(name.Value))
            {
                var guess = Spelling.Closest(name.Value, names);
                var advice = guess is null ? "name a node of this file" : $"did you mean \"{guess}\"?";
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

    // Keys are of different types (NodeId, Eid, ...), so one table serves all: a NodeId never equals a Cna.
    private void Claim(object key, JsonTree at, string owner, string what)
    {
        if (taken.TryAdd(key, (owner, at.Offset)))
        {
            return;
        }

        var first = taken[key];
        problems.Add(
            at.Offset,
            TopologyProblemCode.Taken,
            $"{owner}: {what} is already taken by {first.Owner} on {problems.LineOf(first.Offset)}",
            "a value that nobody else has",
            "change one of the two"
        );
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
