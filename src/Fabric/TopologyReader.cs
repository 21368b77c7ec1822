using ClusterRas.Fabric.Drafts;
using static ClusterRas.Fabric.Rules.RuleBook;

namespace ClusterRas.Fabric;

/// <summary>Turns the JSON of one topology file into a draft of its map, and every problem of form that it has.</summary>
internal sealed class TopologyReader
{
    private static readonly JsonMemberForm Version = new("version", "the number 1", "1");
    private static readonly JsonMemberForm Cluster = new("cluster", DnsLabel.Form, "\"demo\"");
    private static readonly JsonMemberForm Control = new(
        "control",
        Rules.ControlRule.Form,
        "[\"n01\", \"n02\", \"n03\"]",
        Required: false
    );
    private static readonly JsonMemberForm Jetty = new(
        "jetty",
        Invariant($"a whole number, {JettyId.Min} to {JettyId.Max}"),
        "the client_jetty_id of all nodes",
        Required: false
    );
    private static readonly JsonMemberForm Gaps = new(
        "gaps",
        "a list of gaps, each an object with die and between",
        "[ { \"die\": 0, \"between\": [\"n01\", \"n02\"] } ]",
        Required: false
    );
    private static readonly JsonMemberForm GapsItem = new(
        "gap",
        "an object with die and between",
        "{ \"die\": 0, \"between\": [\"n01\", \"n02\"] }"
    );
    private static readonly JsonMemberForm GapDie = new("die", "0 or 1", "0");
    private static readonly JsonMemberForm GapBetween = new("between", "names of two nodes", "[\"n01\", \"n02\"]");
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
    private static readonly JsonMemberForm NameItem = new("member", "the name of a node", "\"n01\"");

    /// <summary>The members of a file.</summary>
    public static readonly JsonMemberForm[] Forms =
    [
        Version,
        Cluster,
        Control,
        Jetty,
        TimeoutsReader.Form,
        TuningReader.Timing,
        TuningReader.Limits,
        Gaps,
        Nodes,
    ];

    private readonly ProblemList problems;
    private readonly TopologyNodeReader nodeReader;

    public TopologyReader(ProblemList problems, int nodeCountMax)
    {
        this.problems = problems;
        nodeReader = new TopologyNodeReader(problems, nodeCountMax);
    }

    public MapDraft Read(JsonTree root)
    {
        var draft = new MapDraft(problems.At(root.Offset));
        if (root is not JsonTree.Object tree)
        {
            problems.Add(
                root.Offset,
                TopologyProblemCode.WrongType,
                $"the file is {root.Shown}",
                "an object with version, cluster and nodes",
                "put braces around the members"
            );
            draft.NodeCount = 1;
            return draft;
        }

        var file = new JsonMembers(JsonMembers.WithoutSchema(tree, problems), "file", Forms, problems);
        CheckVersion(file);
        draft.Cluster = file.GetLabel(Cluster);
        draft.Jetty = file.GetSaid(Jetty, TopologyProblemCode.JettyRange);
        TimeoutsReader.Read(file, draft.Timeouts, problems);
        TuningReader.Read(file, draft.Tuning, problems);
        ReadNodes(file, draft);
        ReadControl(file, draft);
        ReadGaps(file, draft);
        return draft;
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

    private void ReadNodes(JsonMembers file, MapDraft draft)
    {
        if (file.Get<JsonTree.Array>(Nodes) is not { } list)
        {
            // A problem by now; without nodes no other rule has anything to say.
            draft.NodeCount = 1;
            return;
        }

        draft.NodesAt = problems.At(list.Offset);
        draft.NodeCount = list.Items.Count;
        for (var place = 0; place < list.Items.Count && !problems.IsFull; place++)
        {
            if (file.As<JsonTree.Object>(list.Items[place], Invariant($"nodes[{place}]"), NodesItem) is { } tree)
            {
                draft.Nodes.Add(nodeReader.Read(tree, place));
            }
        }
    }

    private void ReadControl(JsonMembers file, MapDraft draft)
    {
        if (file.Get<JsonTree.Array>(Control) is { } group)
        {
            var names = ReadNames(file, group, "a member of control");
            draft.Control = new DraftControl(problems.At(group.Offset), group.Items.Count, names);
        }
    }

    private void ReadGaps(JsonMembers file, MapDraft draft)
    {
        foreach (var item in (file.Get<JsonTree.Array>(Gaps)?.Items ?? []).TakeWhile(_ => !problems.IsFull))
        {
            if (file.As<JsonTree.Object>(item, "a gap", GapsItem) is not { } tree)
            {
                continue;
            }

            var gap = new JsonMembers(tree, "a gap", [GapDie, GapBetween], problems);
            var die = gap.GetSaid(GapDie, TopologyProblemCode.GapPair);
            if (gap.Get<JsonTree.Array>(GapBetween) is { } between && die is not null)
            {
                var names = ReadNames(gap, between, "a member of between");
                if (names.Count == between.Items.Count)
                {
                    draft.Gaps.Add(new DraftGap(problems.At(tree.Offset), die, names));
                }
            }
        }
    }

    private List<Said<string>> ReadNames(JsonMembers owner, JsonTree.Array list, string what)
    {
        var names = new List<Said<string>>();
        foreach (var item in list.Items.TakeWhile(_ => !problems.IsFull))
        {
            if (owner.As<JsonTree.Text>(item, what, NameItem) is { } name)
            {
                names.Add(new Said<string>(name.Value, problems.At(name.Offset)));
            }
        }

        return names;
    }
}
