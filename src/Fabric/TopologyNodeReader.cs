using ClusterRas.Fabric.Drafts;
using static ClusterRas.Fabric.Rules.RuleBook;

namespace ClusterRas.Fabric;

/// <summary>Reads the nodes of one topology file, one by one.</summary>
internal sealed class TopologyNodeReader(ProblemList problems, int nodeCountMax)
{
    private const string GrpcForm = "host:port, e.g. n01.example:7400, 10.0.0.1:7400 or [fd00::1]:7400";

    private static readonly JsonMemberForm Name = new("name", DnsLabel.Form, "\"n01\"");
    private static readonly JsonMemberForm NodeCna = new(
        "cna",
        AddressReader.CnaForm + ", or no cna where the node has no UVB",
        "the node's CNA, or remove the member",
        Required: false
    );
    private static readonly JsonMemberForm Rack = new("rack", SiteLabel.Form, "\"r1\"", Required: false);
    private static readonly JsonMemberForm Dies = new(
        "dies",
        "a list of 1 or 2 DIEs, each an object with an eid",
        "[ { \"eid\": \"fd00:0000:0000:0000:0000:0000:0000:0001\" } ]"
    );
    private static readonly JsonMemberForm DieEid = new(
        "eid",
        AddressReader.EidForm,
        "\"fd00:0000:0000:0000:0000:0000:0000:0001\""
    );
    private static readonly JsonMemberForm Grpc = new("grpc", GrpcForm, "\"n01.example:7400\"", Required: false);
    private static readonly JsonMemberForm Switch = new("switch", SiteLabel.Form, "\"s1\"", Required: false);

    private static readonly JsonMemberForm DiesItem = new("die", "an object with an eid", "{ \"eid\": ... }");

    private readonly JsonMemberForm id = new(
        "id",
        Invariant($"a whole number, 0 to {nodeCountMax - 1}"),
        "a number that no other node has"
    );

    /// <summary>The node, without what has problems.</summary>
    public DraftNode Read(JsonTree.Object tree, int place)
    {
        var node = new JsonMembers(
            tree,
            OwnerOf(tree, place),
            [id, Name, NodeCna, Rack, TimeoutsReader.Form, Dies],
            problems
        );
        var draft = new DraftNode(node.Owner, problems.At(tree.Offset))
        {
            Id = node.GetSaid(id, TopologyProblemCode.NodeId),
        };

        // The problem of a bad name is made here, the name is kept: others may refer to it.
        node.GetLabel(Name);
        if (node.Get<JsonTree.Text>(Name) is { } nameAt)
        {
            draft.Name = new Said<string>(nameAt.Value, problems.At(nameAt.Offset));
        }

        draft.Cna = ReadCna(node);
        draft.Rack = node.GetSiteLabel(Rack);
        TimeoutsReader.Read(node, draft.Timeouts, problems);
        if (node.Get<JsonTree.Array>(Dies) is { } list)
        {
            draft.DiesAt = problems.At(list.Offset);
            foreach (var (die, item) in list.Items.Index().TakeWhile(_ => !problems.IsFull))
            {
                draft.Dies.Add(ReadDie(node, item, die));
            }
        }

        return draft;
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

    private Said<Cna>? ReadCna(JsonMembers node)
    {
        if (node.Get<JsonTree.Number>(NodeCna) is not { } at)
        {
            return null;
        }

        return AddressReader.ReadCna(
            node.Owner,
            new Said<string>(at.Shown, problems.At(at.Offset)),
            at.TryGetInt(out var value) ? value : null,
            problems,
            NodeCna.Expected,
            $"write {NodeCna.Example}"
        );
    }

    private DraftDie ReadDie(JsonMembers node, JsonTree item, int place)
    {
        var owner = Invariant($"{node.Owner} die{place}");
        var draft = new DraftDie(node.Owner, place);
        if (node.As<JsonTree.Object>(item, owner, DiesItem) is not { } tree)
        {
            return draft;
        }

        var die = new JsonMembers(tree, owner, [DieEid, Grpc, Switch], problems);
        draft.Grpc = die.Get<JsonTree.Text>(Grpc) is { } grpcAt ? ReadGrpc(die, grpcAt) : null;
        draft.Eid = die.Get<JsonTree.Text>(DieEid) is { } eidAt
            ? AddressReader.ReadEid(die.Owner, new Said<string>(eidAt.Value, problems.At(eidAt.Offset)), problems)
            : null;
        draft.Switch = die.GetSiteLabel(Switch);
        if (draft.Eid is { } eid && tree.Members.All(m => m.Name != Grpc.Name))
        {
            draft.IsGrpcDefault = true;
            draft.Grpc = DefaultGrpc(die, eid);
        }

        return draft;
    }

    private Said<HostPort>? ReadGrpc(JsonMembers die, JsonTree.Text at)
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

        return new Said<HostPort>(grpc, problems.At(at.Offset));
    }

    private Said<HostPort>? DefaultGrpc(JsonMembers die, Said<Eid> eid)
    {
        if (TopologyDie.TryGetGrpcDefault(eid.Value, out var grpc))
        {
            return new Said<HostPort>(grpc, eid.At);
        }

        problems.Add(
            eid.At,
            TopologyProblemCode.Address,
            $"{die.Owner}: eid {eid.Value} cannot be dialled as an address, and there is no grpc",
            GrpcForm,
            "add grpc to this DIE"
        );
        return null;
    }
}
