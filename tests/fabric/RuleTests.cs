using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace ClusterRas.Fabric.Tests;

/// <summary>Each planted mistake is told by its rule and by no other, and valid maps are told clean.</summary>
public class RuleTests
{
    /// <summary>CLUSTERRAS_MAPS=10000 for the long run.</summary>
    private static readonly int Rounds = int.Parse(
        Environment.GetEnvironmentVariable("CLUSTERRAS_MAPS") ?? "1000",
        CultureInfo.InvariantCulture
    );

    [Fact]
    public void Map_WithOnePlantedMistake_IsToldByItsRuleAlone()
    {
        var seed = Dice.FreshSeed();
        var planted = new int[Mutator.All.Count];
        var cut = 0;
        Parallel.For(
            0,
            Rounds,
            round =>
            {
                var dice = new Dice(seed + (ulong)round);
                var text = TopologyFile.Write(RandomTopology.Make(dice, 1 + dice.Below(16)));
                Codes(text).ShouldBeEmpty($"CLUSTERRAS_SEED={seed} round {round}: {text}");

                foreach (var (wrong, code) in OfText(text, dice))
                {
                    Interlocked.Increment(ref cut);
                    Codes(wrong).ShouldBe([code], $"CLUSTERRAS_SEED={seed} round {round}: {wrong}");
                }

                for (var at = 0; at < Mutator.All.Count; at++)
                {
                    var map = JsonNode.Parse(text)!.AsObject();
                    if (Mutator.All[at].Plant(map, dice))
                    {
                        Interlocked.Increment(ref planted[at]);
                        Codes(map.ToJsonString())
                            .Distinct()
                            .ShouldBe(
                                [Mutator.All[at].Code],
                                $"CLUSTERRAS_SEED={seed} round {round} mutator {at}: {map.ToJsonString()}"
                            );
                    }
                }
            }
        );
        planted.ShouldAllBe(count => count > Rounds / 100, $"seed {seed}");
        cut.ShouldBe(2 * Rounds);
    }

    [Fact]
    public void Mutators_HaveARuleEach()
    {
        TopologyRule.All.Select(rule => rule.Code).ShouldBe(Enum.GetValues<TopologyProblemCode>());
        TopologyRule.All.Select(rule => rule.Name).Distinct().Count().ShouldBe(TopologyRule.All.Length);
        TopologyRule.All.ShouldAllBe(rule => rule.Why.Length > 20 && !rule.Why.EndsWith('.'));
        TopologyRule.Of(TopologyProblemCode.EidTaken).Name.ShouldBe("eid-taken");
    }

    [Fact]
    public void Map_OfMoreNodesThanAllowed_IsOneMistake()
    {
        var seed = Dice.FreshSeed();
        var dice = new Dice(seed);
        for (var round = 0; round < Rounds; round++)
        {
            var count = 2 + dice.Below(31);
            var text = TopologyFile.Write(RandomTopology.Make(dice, count));
            TopologyFile
                .Check(Encoding.UTF8.GetBytes(text), "t", Limits.NodeCountMax)
                .Select(problem => problem.Code)
                .ShouldBe(
                    count > Limits.NodeCountDefaultMax ? [TopologyProblemCode.LargeCluster] : [],
                    $"CLUSTERRAS_SEED={seed} round {round}"
                );
            TopologyFile
                .Check(Encoding.UTF8.GetBytes(text), "t", count - 1)
                .Select(problem => problem.Code)
                .ShouldBe([TopologyProblemCode.NodeCount], $"CLUSTERRAS_SEED={seed} round {round}");
        }
    }

    [Fact]
    public void Map_OfThirtyTwoNodesThatAreAllowed_IsTakenWithANote()
    {
        var text = TopologyFile.Write(RandomTopology.Make(new Dice(1), 32));
        var reading = TopologyFile.Read(text, "t", new TopologyReadOptions { NodeCountMax = 32 });
        var note = reading.ShouldBeOfType<TopologyReading.Accepted>().Warnings.ShouldHaveSingleItem();
        note.Code.ShouldBe(TopologyProblemCode.LargeCluster);
        note.Severity.ShouldBe(TopologySeverity.Note);
        note.Why.ShouldContain("16-node edition");
    }

    [Fact]
    public void Map_WithWarningsOnly_IsTakenAndTellsThem()
    {
        var map = JsonNode.Parse(TopologyFile.Write(RandomTopology.Make(new Dice(2), 5)))!.AsObject();
        map["timeouts"] = new JsonObject { ["panic_ms"] = 999, ["kernel_reboot_ms"] = 1999 };
        var told = TopologyFile
            .Read(map.ToJsonString(), "t", new TopologyReadOptions { NodeCountMax = 32 })
            .ShouldBeOfType<TopologyReading.Accepted>()
            .Warnings;
        told.Select(problem => problem.Rule.Name).ShouldBe(["window-never-sent", "window-too-short"]);
        told[0]
            .ToString()
            .ShouldContain("warning: file: panic_ms is 999: a stock kernel never sends with a window under 1000 ms");
    }

    [Theory]
    [InlineData(999, TopologyProblemCode.WindowNeverSent)]
    [InlineData(1000, TopologyProblemCode.WindowTooShort)]
    [InlineData(1999, TopologyProblemCode.WindowTooShort)]
    [InlineData(2000, TopologyProblemCode.TuningWindow)]
    [InlineData(3000, TopologyProblemCode.TuningWindow)]
    [InlineData(4000, null)]
    [InlineData(4001, TopologyProblemCode.WindowFraction)]
    [InlineData(3_600_000, null)]
    [InlineData(3_600_001, TopologyProblemCode.Timeout)]
    public void Window_AtItsLimits_IsToldForWhatItDoes(int ms, TopologyProblemCode? code)
    {
        var map = JsonNode.Parse(TopologyFile.Write(RandomTopology.Make(new Dice(3), 3)))!.AsObject();
        map["timeouts"] = new JsonObject { ["panic_ms"] = ms };
        Codes(map.ToJsonString()).ShouldBe(code is { } known ? [known] : []);
    }

    [Theory]
    [InlineData(""" "timeouts": { "panic_ms": 60000, "kernel_reboot_ms": 60000 }, """, true)]
    [InlineData(""" "timeouts": { "panic_ms": 60000 }, """, false)]
    [InlineData("", false)]
    public void Window_OfEachNodeItsOwn_IsNotTheDriversOwn(string ofTheNode, bool isClean)
    {
        var map = $$"""
            { "version": 1, "cluster": "demo", "timing": { "election_max_ms": 40000, "heartbeat_ms": 10000, "heartbeats_missed": 5 },
              "nodes": [ { "id": 0, "name": "a", {{ofTheNode}} "dies": [ { "eid": "fd00:0000:0000:0000:0000:0000:0000:0001" } ] } ] }
            """;
        Codes(map).ShouldBe(isClean ? [] : [TopologyProblemCode.TuningWindow]);
    }

    [Fact]
    public void Switch_ThatCarriesBothRailsAcrossNodes_IsToldOnceAtTheStray()
    {
        var map = JsonNode
            .Parse(
                """
                { "version": 1, "cluster": "demo", "nodes": [
                  { "id": 0, "name": "a", "dies": [ { "eid": "fd00:0000:0000:0000:0000:0000:0000:0001", "switch": "sa" },
                                                    { "eid": "fd01:0000:0000:0000:0000:0000:0000:0001", "switch": "sb" } ] },
                  { "id": 1, "name": "b", "dies": [ { "eid": "fd00:0000:0000:0000:0000:0000:0000:0002", "switch": "sa" },
                                                    { "eid": "fd01:0000:0000:0000:0000:0000:0000:0002", "switch": "sa" } ] } ] }
                """
            )!
            .ToJsonString();
        TopologyFile
            .Read(map, "t")
            .All.ShouldHaveSingleItem()
            .Found.ShouldBe("switch \"sa\" carries both rails: die1 of node \"b\" and die0 of node \"a\", node \"b\"");
    }

    // What a tree of JSON cannot hold: a file that was cut, and a member that is there twice.
    private static IEnumerable<(string Text, TopologyProblemCode Code)> OfText(string text, Dice dice)
    {
        yield return (text[..dice.Below(text.TrimEnd().Length)], TopologyProblemCode.Syntax);
        yield return (
            text.Insert(text.IndexOf('{', StringComparison.Ordinal) + 1, " \"version\": 1,"),
            TopologyProblemCode.DuplicateMember
        );
    }

    private static List<TopologyProblemCode> Codes(string text) =>
        [.. TopologyFile.Check(Encoding.UTF8.GetBytes(text), "t", Limits.NodeCountMax).Select(problem => problem.Code)];
}
