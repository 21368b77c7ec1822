using System.Text.Json.Nodes;
using static ClusterRas.Fabric.TopologyProblemCode;

namespace ClusterRas.Fabric.Tests;

/// <summary>Plants one mistake in the JSON of a valid map.</summary>
/// <param name="Code">What must be told, and nothing else.</param>
/// <param name="Plant">False: this map has no place for it.</param>
internal sealed record Mutator(TopologyProblemCode Code, Func<JsonObject, Dice, bool> Plant)
{
    /// <summary>Mistakes that a tree of JSON can hold; those of its text are in the tests of files.</summary>
    public static IReadOnlyList<Mutator> All { get; } =
    [
        new(WrongType, (map, _) => Set(map, "cluster", 5)),
        new(WrongType, (map, dice) => Set(NodeOf(map, dice), "dies", "none")),
        new(UnknownMember, (map, dice) => Set(NodeOf(map, dice), "colour", "red")),
        new(MissingMember, (map, _) => map.Remove("cluster")),
        new(MissingMember, (map, dice) => NodeOf(map, dice).Remove("id") && map["control"] is not null),
        new(TopologyProblemCode.Version, (map, _) => Set(map, "version", 2)),
        new(TopologyProblemCode.Name, (map, _) => Set(map, "cluster", "Lab")),
        new(TopologyProblemCode.Name, (map, dice) => Set(map, "cluster", new string('a', 64))),
        new(SiteName, (map, dice) => Set(NodeOf(map, dice), "rack", "rack 5")),
        new(SiteName, (map, dice) => Set(DieOf(map, dice), "switch", "")),
        new(TopologyProblemCode.NodeId, (map, dice) => Set(NodeOf(map, dice), "id", 32 + dice.Below(100))),
        new(TopologyProblemCode.NodeId, (map, dice) => Set(NodeOf(map, dice), "id", -1)),
        new(EidForm, (map, dice) => Set(DieOf(map, dice), "eid", Text(DieOf(map, dice), "eid")[..38])),
        new(EidForm, (map, dice) => Set(DieOf(map, dice), "eid", "fd00::1")),
        new(EidUnset, (map, dice) => Set(DieOf(map, dice), "eid", Eid.None.ToString())),
        new(CnaRange, (map, dice) => Set(NodeOf(map, dice), "cna", 16777216 + dice.Below(1000))),
        new(CnaRange, (map, dice) => Set(NodeOf(map, dice), "cna", -1)),
        new(CnaBroadcast, (map, dice) => Set(NodeOf(map, dice), "cna", 16777215)),
        new(Address, (map, dice) => Set(DieOf(map, dice), "grpc", "nowhere")),
        new(Address, (map, dice) => Set(DieOf(map, dice), "grpc", "0.0.0.0:7400")),
        new(IdTaken, (map, dice) => Copy(map, dice, "id")),
        new(
            NameTaken,
            (map, dice) => IsNamedNowhere(map, Nodes(map)[^1]!) && CopyFrom(Nodes(map)[0]!, Nodes(map)[^1]!, "name")
        ),
        new(CnaTaken, (map, dice) => Copy(map, dice, "cna")),
        new(EidTaken, (map, dice) => CopyFrom(Dies(Nodes(map)[0]!)[0]!, Dies(Nodes(map)[^1]!)[^1]!, "eid")),
        new(AddressTaken, (map, dice) => CopyFrom(Dies(Nodes(map)[0]!)[0]!, Dies(Nodes(map)[^1]!)[^1]!, "grpc")),
        new(TopologyProblemCode.DieCount, RemoveDie),
        new(DiesSwapped, SwapDies),
        new(ControlSize, (map, dice) => Control(map).Count > 1 && Drop(Control(map), dice)),
        new(ControlMember, (map, dice) => Set(Control(map), dice.Below(Control(map).Count), "nobody")),
        new(ControlMember, (map, dice) => Control(map).Count > 1 && Set(Control(map), 1, Control(map)[0]!.ToString())),
        new(ControlDomain, (map, dice) => GatherIn(map, "rack", node => node)),
        new(
            ControlDomain,
            (map, dice) => Dies(Nodes(map)[0]!).Count == 1 && GatherIn(map, "switch", node => Dies(node)[0]!)
        ),
        new(SharedSwitch, PlugBothIntoOne),
        new(JettyRange, (map, dice) => Set(map, "jetty", dice.Below(2) == 0 ? dice.Below(3) : 1024 + dice.Below(100))),
        new(TopologyProblemCode.Timeout, (map, dice) => SetWindow(map, dice, 3_600_001 + dice.Below(1000))),
        new(TopologyProblemCode.Timeout, (map, dice) => SetWindow(map, dice, -1 - dice.Below(1000))),
        new(TopologyProblemCode.Timeout, (map, dice) => SetWindow(map, dice, 2000.5)),
        new(WindowNeverSent, (map, dice) => SetWindow(map, dice, dice.Below(1000))),
        new(WindowTooShort, (map, dice) => SetWindow(map, dice, 1000 + dice.Below(1000))),
        new(WindowFraction, (map, dice) => SetWindow(map, dice, 4001 + (dice.Below(3000) * 1000) + dice.Below(998))),
        new(TuningRange, (map, dice) => SetOption(map, dice, option => option.Min - 1 - dice.Below(option.Min))),
        new(TuningRange, (map, dice) => SetOption(map, dice, option => option.Max + 1 + dice.Below(1000))),
        new(TuningRange, (map, _) => SetTiming(map, "beat_ms", 100.5)),
        new(TuningProfile, (map, dice) => SetTiming(map, "profile", dice.Below(2) == 0 ? "fats" : "FAST")),
        new(TuningElection, (map, dice) => SetTiming(map, "beat_ms", 200 + dice.Below(100))),
        new(TuningElection, (map, dice) => SetTiming(map, "election_max_ms", 400 + dice.Below(199))),
        new(TuningElection, (map, dice) => SetTiming(map, "seat_delay_ms", 110 + dice.Below(100))),
        new(TuningSilence, (map, dice) => SetTiming(map, "link_ack_ms", 310 + dice.Below(100))),
        new(TuningSilence, (map, dice) => SetTiming(map, "probe_ms", 310 + dice.Below(100))),
        new(TuningSilence, (map, dice) => SetTiming(map, "election_max_ms", 1100 + dice.Below(100))),
        new(TuningSilence, (map, dice) => SetTiming(map, "deliver_ms", 100 + dice.Below(400))),
        new(TuningWindow, (map, dice) => SetWindow(map, dice, dice.Below(2) == 0 ? 2000 : 3000)),
        new(GapPair, (map, dice) => AddGap(map, 0, "nobody", NodeOf(map, dice)["name"]!.ToString())),
        new(GapPair, (map, dice) => AddGap(map, 0, NodeOf(map, dice)["name"]!.ToString())),
        new(
            GapPair,
            (map, dice) =>
                Nodes(map).Count > 1
                && AddGap(map, 2, Nodes(map)[0]!["name"]!.ToString(), Nodes(map)[1]!["name"]!.ToString())
        ),
    ];

    private static JsonArray Nodes(JsonObject map) => map["nodes"]!.AsArray();

    private static JsonObject NodeOf(JsonObject map, Dice dice) => Nodes(map)[dice.Below(Nodes(map).Count)]!.AsObject();

    private static JsonArray Dies(JsonNode node) => node["dies"]!.AsArray();

    private static JsonObject DieOf(JsonObject map, Dice dice)
    {
        var dies = Dies(NodeOf(map, dice));
        return dies[dice.Below(dies.Count)]!.AsObject();
    }

    private static JsonArray Control(JsonObject map) => map["control"]!.AsArray();

    private static string Text(JsonObject owner, string member) => owner[member]!.ToString();

    private static bool Set(JsonNode owner, string member, JsonNode value)
    {
        owner[member] = value;
        return true;
    }

    private static bool Set(JsonArray list, int at, string value)
    {
        list[at] = value;
        return true;
    }

    private static bool Drop(JsonArray list, Dice dice)
    {
        list.RemoveAt(dice.Below(list.Count));
        return true;
    }

    private static bool Copy(JsonObject map, Dice dice, string member)
    {
        var from = dice.Below(Nodes(map).Count);
        var to = dice.Below(Nodes(map).Count);
        return from != to && CopyFrom(Nodes(map)[from]!, Nodes(map)[to]!, member);
    }

    private static bool CopyFrom(JsonNode from, JsonNode to, string member)
    {
        if (from == to || from[member] is not { } value)
        {
            return false;
        }

        to[member] = value.DeepClone();
        return true;
    }

    private static bool IsNamedNowhere(JsonObject map, JsonNode node)
    {
        var name = $"\"{node["name"]}\"";
        return !Control(map).ToJsonString().Contains(name) && map["gaps"]?.ToJsonString().Contains(name) != true;
    }

    private static bool RemoveDie(JsonObject map, Dice dice)
    {
        var dies = Dies(NodeOf(map, dice));
        if (dies.Count < 2 || Nodes(map).Count < 3)
        {
            return false;
        }

        dies.RemoveAt(1);
        return true;
    }

    private static bool SwapDies(JsonObject map, Dice dice)
    {
        if (Dies(Nodes(map)[0]!).Count < 2 || Nodes(map).Count < 3)
        {
            return false;
        }

        var odd = dice.Below(Nodes(map).Count);
        foreach (var (at, node) in Nodes(map).Index())
        {
            for (var die = 0; die < 2; die++)
            {
                var rail = at == odd ? 1 - die : die;
                Dies(node!)[die]!["eid"] = $"{new Eid(0xfd00_0000_0000_0000 + (ulong)rail, (ulong)at + 1)}";
            }
        }

        return true;
    }

    private static bool GatherIn(JsonObject map, string member, Func<JsonNode, JsonNode> ownerIn)
    {
        var names = Control(map).Select(name => name!.ToString()).ToList();
        if (names.Count < 3)
        {
            return false;
        }

        foreach (
            var node in Nodes(map).Where(node => names.Take((names.Count / 2) + 1).Contains(node!["name"]!.ToString()))
        )
        {
            ownerIn(node!)[member] = "one";
        }

        return true;
    }

    private static bool PlugBothIntoOne(JsonObject map, Dice dice)
    {
        var dies = Dies(NodeOf(map, dice));
        if (dies.Count < 2)
        {
            return false;
        }

        dies[0]!["switch"] = "both";
        dies[1]!["switch"] = "both";
        return true;
    }

    private static bool SetWindow(JsonObject map, Dice dice, JsonNode ms)
    {
        JsonNode owner = dice.Below(2) == 0 ? map : NodeOf(map, dice);
        owner["timeouts"] ??= new JsonObject();
        owner["timeouts"]![dice.Below(2) == 0 ? "panic_ms" : "kernel_reboot_ms"] = ms;
        return true;
    }

    private static bool SetOption(JsonObject map, Dice dice, Func<ClusterOption, int> value)
    {
        var option = ClusterOption.All[dice.Below(ClusterOption.All.Length)];
        map[option.Member] = new JsonObject { [option.Name] = value(option) };
        return true;
    }

    private static bool SetTiming(JsonObject map, string name, JsonNode value)
    {
        map["timing"] = new JsonObject { [name] = value };
        return true;
    }

    private static bool AddGap(JsonObject map, int die, params string[] names)
    {
        map["gaps"] ??= new JsonArray();
        map["gaps"]!
            .AsArray()
            .Add(
                new JsonObject { ["die"] = die, ["between"] = new JsonArray([.. names.Select(name => (JsonNode)name)]) }
            );
        return true;
    }
}
