using System.Text;
using ClusterRas.Fabric;
using ClusterRas.Fabric.Tests;

namespace ClusterRas.Options.Tests;

/// <summary>The file of a node: every mistake at once, each at its place, and nothing throws.</summary>
public class NodeFileTests
{
    private static readonly Topology Map = Make();

    [Fact]
    public void File_WithManyMistakes_IsToldWithAllOfThemAndTheirPlaces()
    {
        const string text = """
            {
              "version": 2, "nod": "n01", "node": "N01",
              "data": "", "devices": ["/d", 5, "/d"],
              "events": ["panic", "rebot"],
              "listen": [{ "die": 2, "address": "10.0.0.1:7400" }, { "die": 0, "address": "nowhere" }],
              "handlers": [{ "name": "fence", "events": ["all"], "deadline_ms": 0, "command": [] }, { "name": "x" }],
              "insecure": "yes", "verbose": null
            }
            """;

        var (_, problems) = NodeFileReader.Read(Encoding.UTF8.GetBytes(text), "rasd.json");

        problems
            .Select(problem => $"{problem.Line}:{problem.Column} {problem.Rule.Name}")
            .ShouldBe([
                "2:14 version",
                "2:17 unknown-member",
                "2:39 name",
                "3:11 option",
                "3:33 wrong-type",
                "3:36 option",
                "4:23 option",
                "5:23 option",
                "5:79 option",
                "6:46 option",
                "6:69 option",
                "6:83 option",
                "6:89 missing-member",
                "6:89 missing-member",
                "6:89 missing-member",
                "7:15 wrong-type",
                "7:33 wrong-type",
            ]);
        problems.ShouldAllBe(problem => problem.Expected.Length > 0 && problem.Advice.Length > 0);
        problems.ShouldContain(problem => problem.Advice == "did you mean \"node\"?");
        problems.ShouldContain(problem => problem.Advice == "did you mean \"reboot\"?");
    }

    [Fact]
    public void File_AgainstTheMap_IsToldWhatDoesNotFit()
    {
        const string text = """
            { "version": 1, "node": "n10", "listen": [{ "die": 1, "address": "10.0.0.1:7400" }],
              "handlers": [{ "name": "fence", "events": ["link", "panic"], "deadline_ms": 9851, "required": true, "command": ["/f"] },
                           { "name": "slow", "events": ["panic"], "deadline_ms": 99999, "command": ["/f"] }] }
            """;
        var (file, problems) = NodeFileReader.Read(Encoding.UTF8.GetBytes(text), "rasd.json");

        problems.ShouldBeEmpty();
        NodeFileRule
            .Check(file, Map, "map.json")
            .Select(problem => problem.ToString())
            .ShouldBe([
                "rasd.json:1:25: error: node \"n10\" is not in map.json; expected one of n01, n02; did you mean \"n01\"? [option]",
                "rasd.json:1:52: error: listen: die 1, and nodes of map.json have 1; expected a DIE that the map has; remove it [option]",
                "rasd.json:2:79: warning: handler \"fence\": deadline_ms is 9851, and the shortest window of its events is 10000 ms; "
                    + "expected 9850 ms at most: an answer leaves 150 ms before the window ends; shorten it, or lengthen the window in the map [handler-deadline]",
            ]);
    }

    [Fact]
    public void File_MutatedAtRandom_IsReadOrRefusedAndNeverThrows()
    {
        var seed = Dice.FreshSeed();
        var good = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "examples", "rasd.json"));
        for (var round = 0; round < 3000; round++)
        {
            var dice = new Dice(seed + (ulong)round);
            var bytes = good.ToList();
            for (var left = 1 + dice.Below(4); left > 0; left--)
            {
                var at = dice.Below(bytes.Count);
                if (dice.Below(2) == 0)
                {
                    bytes.RemoveAt(at);
                }
                else
                {
                    bytes[at] = (byte)"{}[]\",:0a\\ \u0001"[dice.Below(12)];
                }
            }

            var (file, problems) = NodeFileReader.Read([.. bytes], "rasd.json");
            var hint = $"CLUSTERRAS_SEED={seed} round {round}";
            problems.ShouldAllBe(problem => problem.Line >= 1 && !problem.ToString().Any(char.IsControl), hint);
            NodeFileRule.Check(file, Map, "map.json").ShouldAllBe(problem => problem.Line >= 1, hint);
        }
    }

    [Fact]
    public void Explanations_HaveEveryOption()
    {
        Explanation.All.Select(one => one.Name).ShouldBeUnique();
        Explanation.All.ShouldAllBe(one => one.What.Length > 0 && one.Range.Length > 0 && !one.Outside.IsEmpty);
        foreach (
            var name in ClusterOption
                .All.Select(option => option.Name)
                .Concat(NodeOption.All.Select(option => option.Name))
        )
        {
            Explanation.Find(name).ShouldNotBeNull().Name.ShouldBe(name);
        }

        Explanation.Find("--boot-id-file").ShouldNotBeNull().Name.ShouldBe("boot_id_file");
        Explanation.Find("timing.beat_ms").ShouldNotBeNull().Name.ShouldBe("beat_ms");
        Explanation.Find("nothing").ShouldBeNull();
    }

    private static Topology Make()
    {
        const string text = """
            { "version": 1, "cluster": "c", "timeouts": { "panic_ms": 10000 }, "nodes": [
              { "id": 0, "name": "n01", "dies": [ { "eid": "fd00:0000:0000:0000:0000:0000:0000:0001" } ] },
              { "id": 1, "name": "n02", "dies": [ { "eid": "fd00:0000:0000:0000:0000:0000:0000:0002" } ] } ] }
            """;
        return TopologyFile.Read(text, "map.json").ShouldBeOfType<TopologyReading.Accepted>().Topology;
    }
}
