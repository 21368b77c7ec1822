namespace ClusterRas.Fabric.Tests;

public class TopologyFileTests
{
    private const string ThreeNodes = """
        {
          // A comment.
          "version": 1,
          "cluster": "demo",
          "nodes": [
            { "id": 2, "name": "n03", "dies": [ { "eid": "fd00:0000:0000:0000:0000:0000:0000:0003" } ] },
            { "id": 0, "name": "n01", "cna": 1, "dies": [
              { "eid": "FD00:0000:0000:0000:0000:0000:0000:0001", "grpc": "127.1.0.1:7400" }, ] },
            { "id": 1, "name": "n02", "cna": 16777214, "dies": [
              { "eid": "fd00:0000:0000:0000:0000:0000:0000:0002", "grpc": "N02.Example:7401" } ] }, /* another */
          ],
        }
        """;

    private static string Eid(int last) => $"fd00:0000:0000:0000:0000:0000:0000:{last:x4}";

    private static string Die(int last) => $$"""{ "eid": "{{Eid(last)}}" }""";

    private static string File(string nodes, string more = "") =>
        $$"""{ "version": 1, "cluster": "demo", {{more}} "nodes": [ {{nodes}} ] }""";

    private static string Nodes(int count) =>
        string.Join(
            ", ",
            Enumerable
                .Range(0, count)
                .Select(i => $$"""{ "id": {{i}}, "name": "n{{i}}", "dies": [ {{Die(i + 1)}} ] }""")
        );

    private static Topology Accept(string text, int nodeCountMax = Limits.NodeCountDefaultMax)
    {
        var reading = TopologyFile.Read(text, "t.json", new TopologyReadOptions { NodeCountMax = nodeCountMax });
        if (reading is TopologyReading.Refused refused)
        {
            Assert.Fail(string.Join('\n', refused.Problems));
        }

        return reading.ShouldBeOfType<TopologyReading.Accepted>().Topology;
    }

    private static List<string> Refuse(string text) =>
        [
            .. TopologyFile
                .Read(text, "t.json")
                .ShouldBeOfType<TopologyReading.Refused>()
                .Problems.Select(p => $"{p.Path}:{p.Line}:{p.Column}: {p.Found}; expected {p.Expected}; {p.Advice}"),
        ];

    [Fact]
    public void File_WithCommentsAndTrailingCommas_IsRead()
    {
        var map = Accept(ThreeNodes);
        map.Cluster.ShouldBe("demo");
        map.Nodes.Select(n => n.Name).ShouldBe(["n01", "n02", "n03"]);
        map.Nodes.Select(n => n.Id.Value).ShouldBe([0, 1, 2]);
        map.Nodes.Select(n => n.Cna?.Value).ShouldBe([1u, 16777214u, null]);
        map.Nodes.Select(n => n.Dies[0].Eid.ToString()).ShouldBe([Eid(1), Eid(2), Eid(3)]);
        map.Nodes.Select(n => n.Dies[0].Grpc.ToString())
            .ShouldBe(["127.1.0.1:7400", "n02.example:7401", $"[{Eid(3)}]:7400"]);
        map.ControlGroup.Select(id => id.Value).ShouldBe([0, 1, 2]);
        map.DieCount.ShouldBe(1);
    }

    [Fact]
    public void File_WithByteOrderMarkAndWindowsLineEnds_IsRead() =>
        Accept("\uFEFF" + ThreeNodes.ReplaceLineEndings("\r\n")).ShouldBe(Accept(ThreeNodes));

    [Theory]
    [InlineData(1, new[] { 0 })]
    [InlineData(2, new[] { 0 })]
    [InlineData(3, new[] { 0, 1, 2 })]
    [InlineData(4, new[] { 0, 1, 2 })]
    [InlineData(5, new[] { 0, 1, 2, 3, 4 })]
    [InlineData(16, new[] { 0, 1, 2, 3, 4 })]
    public void ControlGroup_NotInTheFile_IsTheFirstFiveThreeOrOne(int nodeCount, int[] expected) =>
        Accept(File(Nodes(nodeCount))).ControlGroup.Select(id => id.Value).ShouldBe(expected);

    [Fact]
    public void NodeCountMax_Raised_TakesThirtyTwoNodesAndNoMore()
    {
        Accept(File(Nodes(32)), nodeCountMax: 32).Nodes.Length.ShouldBe(32);
        Accept(File(Nodes(32)), nodeCountMax: 1000).Nodes.Length.ShouldBe(32);
        TopologyFile
            .Read(File(Nodes(33)), "t.json", new TopologyReadOptions { NodeCountMax = 1000 })
            .ShouldBeOfType<TopologyReading.Refused>();
    }

    [Fact]
    public void File_WithManyMistakes_IsRefusedWithAllOfThemAndTheirPlaces()
    {
        const string text = """
            {
              "version": 2, "cluster": "Demo",
              "control": ["n01", "n9", "n01", "n02"],
              "nodez": [],
              "nodes": [
                { "id": 0, "name": "n01", "cna": 16777215, "dies": [
                    { "eid": "fd00::3", "grpc": "127.1.0.1" },
                    { "eid": "fd00:0000:0000:0000:0000:0000:0000:0002" } ] },
                { "id": 0, "naem": "n02", "dies": [ { "eid": "0000:0000:0000:0000:0000:0000:0000:0000" } ] },
                { "id": 16, "name": "n01", "cna": "7", "cna": 7, "dies": [
                    { "grpc": "ä:1", "eid": "fd00:0000:0000:0000:0000:0000:0000:0002" }, 5 ] },
              ]
            }
            """;
        Refuse(text)
            .ShouldBe([
                "t.json:2:14: version 2 of the format is unknown; expected the number 1; "
                    + "write 1, or use the release of ClusterRas that wrote the file",
                "t.json:2:28: file: cluster \"Demo\" is not a DNS label; "
                    + "expected a DNS label: 1 to 63 of a-z, 0-9 and \"-\", no \"-\" at either end; write \"demo\"",
                "t.json:3:14: control has 4 members; expected 1, 3 or 5 names of nodes of this file; "
                    + "name 1, 3 or 5 nodes",
                "t.json:3:22: control names \"n9\", which is no node; expected 1, 3 or 5 names of nodes of this file; "
                    + "name a node of this file",
                "t.json:3:28: control names node \"n01\" twice; expected 1, 3 or 5 names of nodes of this file; "
                    + "name another node",
                "t.json:3:35: control names \"n02\", which is no node; expected 1, 3 or 5 names of nodes of this file; "
                    + "did you mean \"n01\"?",
                "t.json:4:3: file: unknown member \"nodez\"; expected only version, cluster, control, jetty, timeouts, timing, limits, gaps, nodes; "
                    + "did you mean \"nodes\"?",
                "t.json:6:38: node \"n01\": cna 16777215 (0xffffff) means \"everyone\" to the driver when it sends; "
                    + "expected a whole number, 0 to 16777214, or no cna where the node has no UVB; "
                    + "write the node's CNA, or remove the member",
                "t.json:7:18: node \"n01\" die0: eid \"fd00::3\" is not in full form (7 characters, not 39); "
                    + "expected 8 groups of 4 hex digits, e.g. fd00:0000:0000:0000:0000:0000:0000:0001; "
                    + "write fd00:0000:0000:0000:0000:0000:0000:0003",
                "t.json:7:37: node \"n01\" die0: grpc \"127.1.0.1\" has no port; "
                    + "expected host:port, e.g. n01.example:7400, 10.0.0.1:7400 or [fd00::1]:7400; "
                    + "write where this DIE's gRPC listens, or remove it for [eid]:7400",
                "t.json:9:5: node #0 has no \"name\"; "
                    + "expected a DNS label: 1 to 63 of a-z, 0-9 and \"-\", no \"-\" at either end; "
                    + "add \"name\": \"n01\"",
                "t.json:9:13: node #0: id 0 is already taken by node \"n01\" on line 6; "
                    + "expected a value that nobody else has; change one of the two",
                "t.json:9:16: node #0: unknown member \"naem\"; expected only id, name, cna, rack, timeouts, dies; "
                    + "did you mean \"name\"?",
                "t.json:9:39: node #0 has 1 DIE; expected 2, as most nodes of this file have; add its other DIE",
                "t.json:9:50: node #0 die0: eid is all zero, which means \"not set\"; "
                    + "expected 8 groups of 4 hex digits, e.g. fd00:0000:0000:0000:0000:0000:0000:0001; "
                    + "write the eid of this DIE",
                "t.json:10:13: node \"n01\": id is 16; expected a whole number, 0 to 15; "
                    + "write a number that no other node has",
                "t.json:10:25: node \"n01\": name \"n01\" is already taken by node \"n01\" on line 6; "
                    + "expected a value that nobody else has; change one of the two",
                "t.json:10:39: node \"n01\": cna is \"7\"; "
                    + "expected a whole number, 0 to 16777214, or no cna where the node has no UVB; "
                    + "write the node's CNA, or remove the member",
                "t.json:10:44: node \"n01\": \"cna\" is there twice, first on line 10; expected each member once; "
                    + "remove one of the two",
                "t.json:11:19: node \"n01\" die0: grpc \"ä:1\" has a host that is neither a DNS name nor an address; "
                    + "expected host:port, e.g. n01.example:7400, 10.0.0.1:7400 or [fd00::1]:7400; "
                    + "write where this DIE's gRPC listens, or remove it for [eid]:7400",
                "t.json:11:33: node \"n01\" die0: eid fd00:0000:0000:0000:0000:0000:0000:0002 "
                    + "is already taken by node \"n01\" die1 on line 8; "
                    + "expected a value that nobody else has; change one of the two",
                "t.json:11:78: node \"n01\" die1 is 5; expected an object with an eid; write { \"eid\": ... }",
            ]);
    }

    [Fact]
    public void Node_WithProblems_IsCalledByItsNameInEach() =>
        Refuse(File("""{ "name": "n1", "dies": [] }, { "id": 1.5, "name": "n2", "dies": [{}, {}, {}] }"""))
            .Select(p => p.Split(';')[0])
            .ShouldBe([
                "t.json:1:48: node \"n1\" has no \"id\"",
                "t.json:1:72: node \"n1\" has 0 DIEs",
                "t.json:1:86: node \"n2\": id is 1.5",
                "t.json:1:113: node \"n2\" has 3 DIEs",
                "t.json:1:114: node \"n2\" die0 has no \"eid\"",
                "t.json:1:118: node \"n2\" die1 has no \"eid\"",
                "t.json:1:122: node \"n2\" die2 has no \"eid\"",
            ]);

    [Theory]
    [InlineData("", "t.json:1:1: the file is empty; expected JSON")]
    [InlineData("{\n  \"version\": 1\n  \"cluster\": \"demo\"\n}", "t.json:3:3: not JSON: ")]
    [InlineData("{ \"nodes\": [\n", "t.json:2:1: not JSON: ")]
    [InlineData("{} {}", "t.json:1:4: not JSON: ")]
    [InlineData("{ \"ü\": \"\\ud800\" }", "t.json:1:8: not JSON: a \\u escape is half of a surrogate pair; ")]
    [InlineData("{ \"\\udc00\": 1 }", "t.json:1:3: not JSON: a \\u escape is half of a surrogate pair; ")]
    public void Text_ThatIsNotJson_IsOneProblemAtItsPlace(string text, string start) =>
        Refuse(text).ShouldHaveSingleItem().ShouldStartWith(start);

    [Fact]
    public void Text_NestedWithoutEnd_IsOneProblem() =>
        Refuse(new string('[', 100_000)).ShouldHaveSingleItem().ShouldStartWith("t.json:1:65: not JSON: ");

    [Fact]
    public void Bytes_ThatAreNotUtf8_AreOneProblemAtTheirPlace()
    {
        byte[] bytes = [.. "{\n  \"clüster\": \""u8, 0xE4, .. "\" }"u8];
        TopologyFile
            .Read(bytes, "t.json")
            .ShouldBeOfType<TopologyReading.Refused>()
            .Problems.ShouldHaveSingleItem()
            .ToString()
            .ShouldBe(
                "t.json:2:15: unusable: byte 0xe4 is not UTF-8; expected JSON text in UTF-8; save the file as UTF-8 [syntax]"
            );
    }

    [Fact]
    public void File_TooLong_IsRefusedUnread() =>
        Refuse(new string(' ', TopologyFile.LengthMaxBytes + 1))
            .ShouldBe([
                "t.json:1:1: the file has 262145 bytes; expected at most 262144; check that this is the right file",
            ]);

    [Theory]
    [InlineData("5", "the file is 5")]
    [InlineData("null", "the file is null")]
    [InlineData("""{ "version": "1", "cluster": null, "nodes": {} }""", "file: version is \"1\"")]
    [InlineData("""{ "version": 1.0, "cluster": "demo", "nodes": [] }""", "version 1.0 of the format is unknown")]
    public void Value_OfAnotherType_IsRefused(string text, string found) => Refuse(text)[0].ShouldContain(found);

    [Fact]
    public void Nodes_SeventeenOfThem_AreRefusedUnlessAllowed() =>
        Refuse(File(Nodes(17)))
            .ShouldBe(["t.json:1:46: nodes has 17 nodes; expected 1 to 16; remove nodes, or allow more (32 at most)"]);

    [Theory]
    [InlineData("{},")]
    [InlineData("{\"a\":1},")]
    [InlineData("{\"id\":0,\"name\":\"a\",\"dies\":[]},")]
    public void Nodes_TensOfThousandsOfThem_AreRefusedWithTheFirstThousandProblems(string node)
    {
        var nodes = string.Concat(Enumerable.Repeat(node, 250_000 / node.Length));
        Refuse(File(nodes)).Count.ShouldBe(1000);
    }

    [Fact]
    public void Control_Empty_IsRefused() =>
        Refuse(File(Nodes(3), "\"control\": [],")).ShouldHaveSingleItem().ShouldContain("control has 0 members");

    [Fact]
    public void Address_TakenByAnotherDieInAnotherSpelling_IsRefused()
    {
        var nodes = $$"""
            { "id": 0, "name": "a", "dies": [ { "eid": "{{Eid(1)}}" } ] },
            { "id": 1, "name": "b", "dies": [ { "eid": "{{Eid(2)}}", "grpc": "[FD00::1]:7400" } ] }
            """;
        Refuse(File(nodes))
            .ShouldHaveSingleItem()
            .ShouldContain($"grpc [{Eid(1)}]:7400 is already taken by node \"a\"");
    }

    [Fact]
    public void Eid_ThatCannotBeDialled_NeedsAnAddress()
    {
        const string multicast = "ff02:0000:0000:0000:0000:0000:0000:0001";
        var alone = $$"""{ "id": 0, "name": "a", "dies": [ { "eid": "{{multicast}}" } ] }""";
        var addressed = $$"""{ "id": 0, "name": "a", "dies": [ { "eid": "{{multicast}}", "grpc": "a:1" } ] }""";
        Refuse(File(alone)).ShouldHaveSingleItem().ShouldContain("cannot be dialled");
        Accept(File(addressed)).Nodes[0].Dies[0].Grpc.ToString().ShouldBe("a:1");
    }

    [Fact]
    public void Problem_WithATerminalsEscapeInIt_ShowsItHarmlessly() =>
        Refuse(File("{ \"id\": 0, \"name\": \"\\u001b[2J" + new string('x', 500) + "\", \"dies\": [" + Die(1) + "] }"))
            .ShouldHaveSingleItem()
            .ShouldStartWith("t.json:1:67: node \"\\u001b[2Jxxx");

    [Fact]
    public void Written_Topology_IsCanonicalText() =>
        TopologyFile
            .Write(Accept(ThreeNodes))
            .ShouldBe(
                """
                {
                  "version": 1,
                  "cluster": "demo",
                  "control": ["n01", "n02", "n03"],
                  "nodes": [
                    { "id": 0, "name": "n01", "cna": 1, "dies": [
                      { "eid": "fd00:0000:0000:0000:0000:0000:0000:0001", "grpc": "127.1.0.1:7400" } ] },
                    { "id": 1, "name": "n02", "cna": 16777214, "dies": [
                      { "eid": "fd00:0000:0000:0000:0000:0000:0000:0002", "grpc": "n02.example:7401" } ] },
                    { "id": 2, "name": "n03", "dies": [
                      { "eid": "fd00:0000:0000:0000:0000:0000:0000:0003", "grpc": "DEFAULT" } ] }
                  ]
                }

                """.Replace("DEFAULT", $"[{Eid(3)}]:7400", StringComparison.Ordinal)
            );

    [Fact]
    public void Topology_OfAnyShape_ReadsBackEqual()
    {
        var seed = Dice.FreshSeed();
        var dice = new Dice(seed);
        for (var round = 0; round < 300; round++)
        {
            var map = RandomTopology.Make(dice);
            var back = Accept(TopologyFile.Write(map), nodeCountMax: 32);
            back.ShouldBe(map, $"seed {seed} round {round}");
            back.Nodes.ShouldBe(map.Nodes, $"seed {seed} round {round}");
            back.ControlGroup.ShouldBe(map.ControlGroup, $"seed {seed} round {round}");
            TopologyFile.Write(back).ShouldBe(TopologyFile.Write(map), $"seed {seed} round {round}");
        }
    }
}
