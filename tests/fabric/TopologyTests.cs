using System.Collections.Immutable;

namespace ClusterRas.Fabric.Tests;

public class TopologyTests
{
    private static readonly Topology Two = Topology.Create("demo", [Make(1, 11), Make(0, null)]);

    private static TopologyNode Make(int id, uint? cna, string? name = null)
    {
        var dies = Enumerable
            .Range(0, 2)
            .Select(die =>
            {
                var eid = new Eid(0xfd00_0000_0000_0000, (ulong)((id * 2) + die + 1));
                TopologyDie.TryGetGrpcDefault(eid, out var grpc).ShouldBeTrue();
                return new TopologyDie(new Die(die), eid, grpc);
            });
        return new TopologyNode(new NodeId(id), name ?? $"n{id}", cna is { } c ? new Cna(c) : null, [.. dies]);
    }

    [Fact]
    public void Node_ThatTheMapHas_IsFoundByIdNameCnaAndEid()
    {
        var node = Two.Nodes[1];
        Two[new NodeId(1)].ShouldBe(node);
        Two.FindNode(new NodeId(1)).ShouldBe(node);
        Two.FindNode("n1").ShouldBe(node);
        Two.FindNode(new Cna(11)).ShouldBe(node);
        Two.FindDie(new Eid(0xfd00_0000_0000_0000, 4)).ShouldBe((node, node.Dies[1]));
        Two.IsControl(new NodeId(0)).ShouldBeTrue();
        Two.IsControl(new NodeId(1)).ShouldBeFalse();
    }

    [Fact]
    public void Node_ThatTheMapDoesNotHave_IsNotFound()
    {
        Two.FindNode(new NodeId(2)).ShouldBeNull();
        Two.FindNode("N1").ShouldBeNull();
        Two.FindNode(new Cna(0)).ShouldBeNull();
        Two.FindDie(Eid.None).ShouldBeNull();
        Should.Throw<KeyNotFoundException>(() => Two[new NodeId(2)]);
    }

    [Fact]
    public void Digest_OfAKnownMap_IsWhatItAlwaysWas()
    {
        // Made with sha256sum of the canonical lines. A new value here is a break between versions.
        Two.Digest.ToString().ShouldBe("563c8e11243766acdd4928963d9df3a05617e4c160a14cdb98a34b975a8662d1");
        Span<byte> bytes = stackalloc byte[TopologyDigest.Length];
        Two.Digest.CopyTo(bytes);
        Convert.ToHexStringLower(bytes).ShouldBe(Two.Digest.ToString());
        TopologyDigest.FromBytes(bytes).ShouldBe(Two.Digest);
    }

    [Fact]
    public void Digest_OfTheSameMapWrittenOtherwise_IsTheSame()
    {
        const string text = """
            { "nodes": [ // n1 first
              { "dies": [ { "eid": "FD00:0000:0000:0000:0000:0000:0000:0003" },
                          { "eid": "FD00:0000:0000:0000:0000:0000:0000:0004", "grpc": "[fd00::4]:7400" } ],
                "cna": 11, "name": "n1", "id": 1 },
              { "dies": [ { "eid": "FD00:0000:0000:0000:0000:0000:0000:0001" },
                          { "eid": "FD00:0000:0000:0000:0000:0000:0000:0002" } ], "name": "n\u0030", "id": 0 } ],
              "cluster": "demo", "version": 1 }
            """;
        var map = TopologyFile.Read(text, "t.json").ShouldBeOfType<TopologyReading.Accepted>().Topology;
        map.Digest.ShouldBe(Two.Digest);
        map.ShouldBe(Two);
    }

    [Fact]
    public void Digest_OfAnyOtherMap_IsAnother()
    {
        TopologyNode[] nodes = [Make(0, null), Make(1, 11)];
        var third = nodes[1].Dies[0] with { Eid = new Eid(1, 9) };
        HostPort.TryParse("a:1", out var address).ShouldBeTrue();
        var moved = nodes[1].Dies[0] with { Grpc = address };
        Topology[] others =
        [
            Topology.Create("demo2", nodes),
            Topology.Create("demo", nodes, [new NodeId(1)]),
            Topology.Create("demo", [Make(0, null), Make(1, 12)]),
            Topology.Create("demo", [Make(0, null), Make(1, null)]),
            Topology.Create("demo", [Make(0, null), Make(1, 11, "m1")]),
            Topology.Create("demo", [nodes[0], nodes[1] with { Id = new NodeId(2) }]),
            Topology.Create("demo", [nodes[0], nodes[1] with { Dies = [third, nodes[1].Dies[1]] }]),
            Topology.Create("demo", [nodes[0], nodes[1] with { Dies = [moved, nodes[1].Dies[1]] }]),
        ];
        others.Append(Two).Select(t => t.Digest).Distinct().Count().ShouldBe(others.Length + 1);
    }

    [Fact]
    public void Create_WithAnyMistake_Throws()
    {
        var node = Make(0, null);
        Should.Throw<ArgumentException>(() => Topology.Create("demo", []));
        Should.Throw<ArgumentException>(() => Topology.Create("Demo\"", [node]));
        Should.Throw<ArgumentException>(() => Topology.Create("demo", [node, node]));
        Should.Throw<ArgumentException>(() => Topology.Create("demo", [Make(32, null)]));
        Should.Throw<ArgumentException>(() => Topology.Create("demo", [Make(0, Cna.Max + 1)]));
        Should.Throw<ArgumentException>(() => Topology.Create("demo", [node], [new NodeId(1)]));
        Should.Throw<ArgumentException>(() => Topology.Create("demo", [node], []));
        Should.Throw<ArgumentException>(() => Topology.Create("demo", [node with { Dies = default }]));
        Should.Throw<ArgumentException>(() => Topology.Create("demo", [node with { Dies = [] }]));
        Should.Throw<ArgumentException>(() => Topology.Create("demo", [node with { Dies = [node.Dies[1]] }]));
        ImmutableArray<TopologyDie> addressless = [node.Dies[0] with { Grpc = default }];
        Should.Throw<ArgumentException>(() => Topology.Create("demo", [node with { Dies = addressless }]));
    }

    [Fact]
    public void Create_WithTwoMistakes_SaysBoth() =>
        Should
            .Throw<ArgumentException>(() => Topology.Create("demo", [Make(0, 7, "A"), Make(0, 7)]))
            .Message.Split('\n')
            .Length.ShouldBeGreaterThan(2);
}
