using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace ClusterRas.Fabric;

/// <summary>Reads the nodes of one topology file, one by one; no two of them may claim the same.</summary>
internal sealed class TopologyNodeReader
{
    private const string EidForm = "8 groups of 4 hex digits, e.g. fd00:0000:0000:0000:0000:0000:0000:0001";
    private const string GrpcForm = "host:port, e.g. n01.example:7400, 10.0.0.1:7400 or [fd00::1]:7400";

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

    private static readonly JsonMemberForm DiesItem = new("die", "an object with an eid", "{ \"eid\": ... }");

    private readonly ProblemList problems;
    private readonly int nodeCountMax;
    private readonly JsonMemberForm id;
    private readonly Dictionary<object, (string Owner, int Offset)> taken = [];

    public TopologyNodeReader(ProblemList problems, int nodeCountMax)
    {
        this.problems = problems;
        this.nodeCountMax = nodeCountMax;
        id = new JsonMemberForm(
            "id",
            Invariant($"a whole number, 0 to {nodeCountMax - 1}"),
            "a number that no other node has"
        );
    }

    /// <summary>Every name that was read, of nodes with problems too.</summary>
    public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

    /// <summary>Every list of DIEs that was read, with its node.</summary>
    public List<(string Owner, JsonTree.Array Dies)> DieLists { get; } = [];

    /// <summary>The node; null where it has a problem that leaves no node.</summary>
    public TopologyNode? Read(JsonTree.Object tree, int place)
    {
        var node = new JsonMembers(tree, OwnerOf(tree, place), [id, Name, NodeCna, Dies], problems);
        NodeId? nodeId = node.GetNumber(id, nodeCountMax - 1, TopologyProblemCode.NodeId) is { } number
            ? new NodeId(number)
            : null;
        if (nodeId is not null && node.Get<JsonTree.Number>(id) is { } idAt)
        {
            Claim(nodeId, idAt, node.Owner, $"id {idAt.Shown}");
        }

        var name = node.GetLabel(Name);
        if (node.Get<JsonTree.Text>(Name) is { } nameAt)
        {
            Names.Add(nameAt.Value);
            Claim(nameAt.Value, nameAt, node.Owner, $"name {nameAt.Shown}");
        }

        var cna = ReadCna(node);
        var dies = ImmutableArray.CreateBuilder<TopologyDie>();
        if (node.Get<JsonTree.Array>(Dies) is { } list)
        {
            DieLists.Add((node.Owner, list));
            for (var die = 0; die < list.Items.Count; die++)
            {
                if (ReadDie(node, list.Items[die], die) is { } read)
                {
                    dies.Add(read);
                }
            }
        }

        return nodeId is { } known && name is not null ? new TopologyNode(known, name, cna, dies.ToImmutable()) : null;
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
        if (node.As<JsonTree.Object>(item, owner, DiesItem) is not { } tree)
        {
            return null;
        }

        var die = new JsonMembers(tree, owner, [DieEid, Grpc], problems);
        var grpc = die.Get<JsonTree.Text>(Grpc) is { } grpcAt ? ReadGrpc(die, grpcAt) : null;
        if (die.Get<JsonTree.Text>(DieEid) is not { } eidAt || ReadEid(die, eidAt) is not { } eid)
        {
            return null;
        }

        if (tree.Members.All(m => m.Name != Grpc.Name))
        {
            grpc = DefaultGrpc(die, eidAt, eid);
        }

        return grpc is { } known ? new TopologyDie(new Die(place), eid, known) : null;
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

        // The default address of an eid that is taken would be taken too: one mistake, one problem.
        return Claim(eid, at, die.Owner, $"eid {eid}") ? eid : null;
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

    // Keys are of different types (NodeId, Eid, ...), so one table serves all: a NodeId never equals a Cna.
    private bool Claim(object key, JsonTree at, string owner, string what)
    {
        if (taken.TryAdd(key, (owner, at.Offset)))
        {
            return true;
        }

        var first = taken[key];
        problems.Add(
            at.Offset,
            TopologyProblemCode.Taken,
            $"{owner}: {what} is already taken by {first.Owner} on {problems.LineOf(first.Offset)}",
            "a value that nobody else has",
            "change one of the two"
        );
        return false;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
