using System.Globalization;
using System.Text;
using ClusterRas.Fabric;
using ClusterRas.Fabric.Tests;
using ClusterRas.Sentry.Settings;

namespace ClusterRas.Sentry.Tests.Settings;

public class ScriptTests
{
    private const string L1 = "0000:0000:0000:0000:0000:0000:0000:0a01";
    private const string L2 = "0000:0000:0000:0000:0000:0000:0000:0a02";

    /// <summary>CLUSTERRAS_MAPS=10000 for the long run.</summary>
    private static readonly int Rounds = int.Parse(
        Environment.GetEnvironmentVariable("CLUSTERRAS_MAPS") ?? "100",
        CultureInfo.InvariantCulture
    );

    [Fact]
    public void Lines_WithOnePlantedMistake_AreToldByItsRuleAlone()
    {
        var seed = Dice.FreshSeed();
        Parallel.For(
            0,
            Rounds,
            round =>
            {
                var dice = new Dice(seed + (ulong)round);
                var map = Plain(RandomTopology.Make(dice, 4 + dice.Below(13), hasAllOfUb: true));
                Codes(NodeModel.Of(map)).ShouldBeEmpty($"CLUSTERRAS_SEED={seed} round {round}");
                foreach (var (at, mutator) in ScriptMutator.All.Index())
                {
                    var nodes = NodeModel.Of(map);
                    if (mutator.Plant(nodes, dice))
                    {
                        Codes(nodes)
                            .Distinct()
                            .ShouldBe(
                                [mutator.Code],
                                $"CLUSTERRAS_SEED={seed} round {round} mutator {at}\n{string.Join('\n', Script.Read(NodeModel.Files(nodes)).All.Select(p => p.ToString()))}"
                            );
                    }
                }
            }
        );
    }

    [Fact]
    public void Rules_AreEachPlantedByAMutator()
    {
        // Mistakes of a text or of a file have tests of their own, and options of rasd are of no map.
        TopologyProblemCode[] elsewhere =
        [
            TopologyProblemCode.Unreadable,
            TopologyProblemCode.Syntax,
            TopologyProblemCode.NoSettings,
            TopologyProblemCode.DuplicateMember,
            TopologyProblemCode.NodeCount,
            TopologyProblemCode.LargeCluster,
            TopologyProblemCode.Option,
            TopologyProblemCode.HandlerDeadline,
            TopologyProblemCode.NotOfTheMap,
            TopologyProblemCode.EidMissing,
        ];
        Enum.GetValues<TopologyProblemCode>()
            .Except(Mutator.All.Select(mutator => mutator.Code))
            .Except(ScriptMutator.All.Select(mutator => mutator.Code))
            .ShouldBe(elsewhere);
    }

    [Fact]
    public void ExportedLines_OfAnyMap_ReadBackToTheSameLines()
    {
        var seed = Dice.FreshSeed();
        var dice = new Dice(seed);
        for (var round = 0; round < 300; round++)
        {
            var map = RandomTopology.Make(dice, 1 + dice.Below(32), hasAllOfUb: true);
            var lines = Script.Of(map);
            var back = Script.Accept(("all.sh", lines));
            var where = $"CLUSTERRAS_SEED={seed} round {round}";
            Script.Of(back).ShouldBe(lines, where);
            Script.Accept(("all.sh", Script.Of(back))).ShouldBe(back, where);
            back.Cluster.ShouldBe(map.Cluster, where);
            back.Nodes.Select(node => (node.Name, node.Cna))
                .ShouldBe(map.Nodes.Select(node => (node.Name, node.Cna)), where);
            back.Nodes.Select(back.TimeoutsOf).ShouldBe(map.Nodes.Select(map.TimeoutsOf), where);
            back.Ub.Jetty.ShouldBe(map.Ub.Jetty, where);

            // One file a node says the same.
            var files = map.Nodes.Select(node => (node.Name + ".sh", SettingsScript.Of(map, node))).ToArray();
            Script.Accept(files).ShouldBe(back, where);
        }
    }

    [Fact]
    public void Lines_AsPeopleKeepThem_AreRead()
    {
        var expected = Script.Accept(("all.sh", Two("# node {0}\n", "")));
        expected.Nodes.Select(node => node.Name).ShouldBe(["n01", "n02"]);
        Script.Accept(("x", Two("", "[root@{0} ~]# "))).ShouldBe(expected);
        Script.Accept(("x", Two("", "root@{0}:~# "))).ShouldBe(expected);
        Script.Accept(("x", Two("{0})\n", "  sudo /usr/bin/"))).ShouldBe(expected);
        Script.Accept(("x", Two("# --- {0} ---\n", ""))).ShouldBe(expected);
        Script.Accept(("x", Two("ssh root@{0} <<'EOF'\n", "") + "\nEOF\n")).ShouldBe(expected);
        Script.Accept(("x", "#!/bin/sh\r\n" + Two("", "").ReplaceLineEndings("\r\n"))).ShouldBe(expected);

        // Behind ssh the command is a word of another one.
        var remote = Two("", "ssh -p 22 root@{0}.example \"").ReplaceLineEndings("\"\n") + "\"";
        Script.Accept(("x", remote)).ShouldBe(expected);
    }

    [Fact]
    public void Lines_OfTheMapLast_AreTheOnesThatHold()
    {
        var text =
            Two("# node {0}\n", "")
            + "\n# node n01\nsentryctl set sentry_remote_reporter --panic_timeout_ms 5000 --panic_timeout_ms=9000";
        Script.Accept(("x", text)).Nodes[0].Timeouts.PanicMs.ShouldBe(9000);
    }

    [Fact]
    public void Semicolon_OutsideOfQuotes_IsToldAsTheShellCuts()
    {
        var problem = Script
            .Read(("n01.sh", $"sentryctl set sentry_remote_reporter --cna=1 --eid={L1};{L2}"))
            .All.ShouldHaveSingleItem();
        problem.Code.ShouldBe(TopologyProblemCode.Command);
        problem
            .ToString()
            .ShouldStartWith(
                $"n01.sh:1:91: error: the shell ends the command at this semicolon; expected a value with semicolons in quotes"
            );
    }

    [Fact]
    public void Lists_OfOneNodeAlone_NameAllNodesByTheirPlaces()
    {
        var text =
            $"sentryctl set sentry_urma_comm --server_eid='{L1},{L2}' --client_jetty_id=5\nsentryctl set sentry_remote_reporter --cna=1\nsentryctl set sentry_uvb_comm --server_cna=2";
        var reading = Script.Read(("x", text));
        reading.All.ShouldHaveSingleItem().Code.ShouldBe(TopologyProblemCode.AssumedPeers);
        var map = reading.ShouldBeOfType<TopologyReading.Accepted>().Topology;
        map.Nodes.Select(node => (node.Name, node.Cna?.Value, node.Dies[0].Eid.ToString()))
            .ShouldBe([("x", 1u, L1), ("n02", 2u, L2)]);
    }

    [Theory]
    [InlineData("n01", "n01 n02 n03")]
    [InlineData("n02", "n02 n01 n03")]
    [InlineData("n03", "n03 n01 n02")]
    [InlineData("db", "db n02 n03")]
    public void Peers_KnownFromOneNodeOnly_HaveNamesOfTheirOwn(string speaker, string names)
    {
        var peers = $"{L2},{L2.Replace("0a02", "0a03", StringComparison.Ordinal)}";
        var map = Script.Accept(
            (
                $"{speaker}.sh",
                $"sentryctl set sentry_remote_reporter --cna=1 --eid='{L1}'\n"
                    + $"sentryctl set sentry_urma_comm --server_eid='{L1},{peers}' --client_jetty_id=5"
            )
        );
        map.Nodes.Select(node => node.Name).ShouldBe(names.Split(' '));
    }

    [Fact]
    public void Node_WithoutEids_IsOneMistake()
    {
        var problem = Script
            .Read(("n01.sh", "sentryctl set sentry_remote_reporter --cna=1"))
            .All.ShouldHaveSingleItem();
        problem.Code.ShouldBe(TopologyProblemCode.EidMissing);
        problem.ToString().ShouldStartWith("n01.sh:1:1: error: node \"n01\" has no eid of its own; ");
    }

    [Theory]
    [InlineData("")]
    [InlineData("# sentryctl set sentry_remote_reporter --cna=1")]
    [InlineData("sentryctl status sentry_msg_monitor")]
    public void Text_ThatSetsNothing_IsUnusable(string text)
    {
        var problem = Script.Read(("n01.sh", text)).All.ShouldHaveSingleItem();
        problem.Code.ShouldBe(TopologyProblemCode.NoSettings);
        problem.Severity.ShouldBe(TopologySeverity.Unusable);
    }

    [Theory]
    [InlineData("sentryctl set sentry_remote_reporter --p=on", "could be --panic or --panic_timeout_ms")]
    [InlineData("sentryctl set sentry_remote_reporter --heartbeat=on", "set it with: sentryctl set sentry_urma_comm")]
    [InlineData("sentryctl set sentry_remote_reporter --cna", "\"--cna\" has no value")]
    [InlineData("sentryctl set sentry_remote_reporter cna=1", "write --cna [command]")]
    [InlineData("sentryctl set sentry_remote_reporter --eid='x", "this quote is never closed")]
    [InlineData("sentryctl set", "\"set\" names no module")]
    [InlineData("sentryctl set sentry_uvb_comm", "no --server_cna")]
    public void Command_ThatSysSentryWouldRefuse_IsToldWithWhatToDo(string line, string says) =>
        Script
            .Read(("n01.sh", line))
            .All.ShouldContain(problem =>
                problem.Code == TopologyProblemCode.Command && problem.ToString().Contains(says)
            );

    [Fact]
    public void FilesOfTheDrivers_SayTheSameAsTheLines()
    {
        var problems = new ProblemList();
        var node = new NodeSettings("n01", new SourceText("proc", default).At(0));
        var files = new SettingFiles(node, problems);
        foreach (
            var (path, text) in new[]
            {
                ("sentry_remote_reporter/cna", "7\n"),
                ("sentry_remote_reporter/eid", L1),
                ("sentry_remote_reporter/panic_timeout", "35017\n"),
                ("sentry_remote_reporter/kernel_reboot_timeout", "20000\n"),
                ("sentry_urma_comm/client_info", $"server_eid:{L1},{L2}, client_jetty_id:100\n"),
                ("sentry_uvb_comm/server_cna", "8"),
            }
        )
        {
            files.Take(path, new SourceText(path, Encoding.UTF8.GetBytes(text)));
        }

        var draft = SettingsMap.Draft([node], new SettingsMapOptions(), problems);
        var map = ClusterRas
            .Fabric.Drafts.MapBuilder.Build(draft, problems, 32)
            .ShouldBeOfType<TopologyReading.Accepted>()
            .Topology;
        map.Nodes.Select(one => one.Cna?.Value).ShouldBe([7u, 8u]);
        map.Ub.Jetty.ShouldBe(new JettyId(100));
        map.Ub.Timeouts.ShouldBe(new BlockingTimeouts(35000, 20000));
    }

    [Fact]
    public void FilesOfTheDrivers_WithNothingSet_SayNothing()
    {
        var problems = new ProblemList();
        var node = new NodeSettings("n01", new SourceText("proc", default).At(0));
        var files = new SettingFiles(node, problems);
        files.Take("sentry_remote_reporter/cna", new SourceText("cna", "4294967295\n"u8));
        files.Take("sentry_remote_reporter/eid", new SourceText("eid", default));
        files.Take("sentry_urma_comm/client_info", new SourceText("info", "server_eid:null, client_jetty_id:-1\n"u8));
        node.IsTold.ShouldBeFalse();
        problems.InOrderOfText().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("# ", "1", "-", "_")]
    [InlineData("sentryctl set sentry_uvb_comm --server_cna=", "1;", "2;", "3")]
    [InlineData("", "--cna=1 ", "sentryctl set ", "x")]
    public void Text_ThatRepeatsItself_IsReadInTime(string start, string often, string more, string end)
    {
        var text = new StringBuilder(start).Insert(start.Length, often, 20_000).Append("");
        text.Insert(text.Length, more, 20_000).Append(end).Append("\nsentryctl set sentry_uvb_comm --server_cna=7\n");
        var watch = System.Diagnostics.Stopwatch.StartNew();

        Script.Read(("x.sh", text.ToString()));

        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(10));
    }

    [Fact]
    public void Text_MutatedAtRandom_IsReadOrRefusedAndNeverThrows()
    {
        var seed = Dice.FreshSeed();
        var dice = new Dice(seed);
        string[] words =
        [
            "'",
            "\"",
            "\\",
            ";",
            ",",
            "=",
            "--",
            "\n",
            "# node x\n",
            "n01)",
            "ssh ",
            "٣",
            "\u0000",
            "\u001b[2J",
            "--eid",
            "sentryctl set ",
        ];
        for (var round = 0; round < 2000; round++)
        {
            var map = RandomTopology.Make(dice, 1 + dice.Below(4), hasAllOfUb: true);
            var text = new StringBuilder(Script.Of(map));
            for (var edits = 1 + dice.Below(5); edits > 0; edits--)
            {
                var at = dice.Below(text.Length);
                _ = dice.Below(3) switch
                {
                    0 => text.Remove(at, Math.Min(1 + dice.Below(30), text.Length - at)),
                    1 => text.Insert(at, words[dice.Below(words.Length)]),
                    _ => text.Replace(text[at], (char)(32 + dice.Below(95)), at, 1),
                };
                text.Append('\n');
            }

            var reading = Should.NotThrow(
                () => Script.Read(("x.sh", text.ToString())),
                $"CLUSTERRAS_SEED={seed} round {round}: {text}"
            );
            (
                reading is TopologyReading.Accepted || reading.All.Any(p => p.Severity >= TopologySeverity.Error)
            ).ShouldBeTrue($"CLUSTERRAS_SEED={seed} round {round}: {text}");
            reading.All.ShouldAllBe(problem =>
                problem.Line >= 1 && problem.Column >= 1 && !problem.ToString().Any(char.IsControl)
            );
        }
    }

    // Gaps would be warnings of their own, and the control group is nowhere in such lines.
    private static Topology Plain(Topology map) =>
        Topology.Create(map.Cluster, map.Nodes, null, map.Ub with { Gaps = [], Timeouts = default });

    private static List<TopologyProblemCode> Codes(List<NodeModel> nodes) =>
        [
            .. Script
                .Read(NodeModel.Files(nodes))
                .All.Select(problem => problem.Code)
                .Where(code => code != TopologyProblemCode.NotOfTheMap),
        ];

    private static string Two(string heading, string before)
    {
        var text = new StringBuilder();
        foreach (var (name, cna, own, peer) in new[] { ("n01", 1, L1, L2), ("n02", 2, L2, L1) })
        {
            var start = string.Format(CultureInfo.InvariantCulture, before, name);
            text.AppendFormat(CultureInfo.InvariantCulture, heading, name);
            text.Append(
                CultureInfo.InvariantCulture,
                $"{start}sentryctl set sentry_remote_reporter --cna {cna} --eid='{own}'\n"
            );
            text.Append(
                CultureInfo.InvariantCulture,
                $"{start}sentryctl set sentry_urma_comm --server_eid='{own},{peer}' --client=5\n"
            );
            text.Append(CultureInfo.InvariantCulture, $"{start}sentryctl set sentry_uvb_comm --server_cna={3 - cna}\n");
        }

        return text.ToString().TrimEnd('\n');
    }
}
