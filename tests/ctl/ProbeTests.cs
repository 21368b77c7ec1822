using System.Text.Json;
using ClusterRas.Fabric;
using ClusterRas.Wire.V1;
using TransportKind = ClusterRas.Wire.V1.TransportKind;

namespace ClusterRas.Ctl.Tests;

public sealed class ProbeTests
{
    [Fact]
    public async Task Cluster_ThatIsAsPlanned_IsSaidToBe()
    {
        await using var one = await FakeNode.StartAsync(new Status());
        await using var two = await FakeNode.StartAsync(new Status());
        using var map = Map.Of(one.Address, two.Address);
        one.Status = Saying(0, map.Digest, Link(1, LinkCondition.Up));
        two.Status = Saying(1, map.Digest, Link(0, LinkCondition.Up));

        var run = await Run.OfAsync("topology", "probe", map.Path);

        run.ExitCode.ShouldBe(0, run.Out + run.Error);
        run.Out.ShouldEndWith("\nas planned\n");
        run.Out.ShouldContain("die0 grpc  1        1   -        -     -        -          180 us to 180 us");
    }

    [Fact]
    public async Task Link_ThatIsUpAtOneEndOnly_IsNamedWithTheReason()
    {
        await using var one = await FakeNode.StartAsync(new Status());
        await using var two = await FakeNode.StartAsync(new Status());
        using var map = Map.Of(one.Address, two.Address);
        one.Status = Saying(0, map.Digest, Link(1, LinkCondition.Up));
        two.Status = Saying(1, map.Digest, Link(0, LinkCondition.Down, "connection \u001b[31mrefused"));

        var run = await Run.OfAsync("topology", "probe", map.Path);

        run.ExitCode.ShouldBe(1);
        run.Out.ShouldContain("  die0 grpc n01-n02: at n02 down: connection \\u001b[31mrefused\n");
        run.Out.ShouldEndWith("\nnot as planned\n");
    }

    [Fact]
    public async Task Link_ThatAnEndDoesNotKnow_IsDownWhereItHasOthersOfItsKind()
    {
        await using var one = await FakeNode.StartAsync(new Status());
        await using var two = await FakeNode.StartAsync(new Status());
        await using var three = await FakeNode.StartAsync(new Status());
        using var map = Map.Of(one.Address, two.Address, three.Address);
        one.Status = Saying(0, map.Digest, Link(1, LinkCondition.Up));
        two.Status = Saying(1, map.Digest, Link(0, LinkCondition.Up));
        three.Status = Saying(2, map.Digest);

        var run = await Run.OfAsync("topology", "probe", map.Path);

        run.ExitCode.ShouldBe(1);
        run.Out.ShouldContain("  die0 grpc n01-n03: at n01 no such link, at n03 no such link\n");
        run.Out.ShouldContain("die0 grpc  3        1   -        2     -        -          180 us to 180 us");
        run.Out.ShouldEndWith("\nnot as planned\n");
    }

    [Fact]
    public async Task Node_ThatDoesNotAnswer_IsAFindingAndTheOthersAreStillAsked()
    {
        await using var one = await FakeNode.StartAsync(new Status());
        using var map = Map.Of(one.Address, Map.Nobody(2), Map.Nobody(3));
        one.Status = Saying(
            0,
            map.Digest,
            Link(1, LinkCondition.Down, "connection refused"),
            Link(2, LinkCondition.Down)
        );

        var run = await Run.OfAsync("topology", "probe", map.Path, "--json", "--timeout", "3000");

        run.ExitCode.ShouldBe(1);
        using var parsed = JsonDocument.Parse(run.Out);
        var nodes = parsed.RootElement.GetProperty("nodes").EnumerateArray().ToList();
        nodes
            .Select(node => node.GetProperty("dies")[0].GetProperty("answers").GetBoolean())
            .ShouldBe([true, false, false]);
        nodes[1].GetProperty("dies")[0].GetProperty("found").GetString().ShouldBe("connection refused");
        parsed
            .RootElement.GetProperty("links")
            .EnumerateArray()
            .Select(link => link.GetProperty("finding").GetString())
            .ShouldBe(["down", "down", "unknown"]);
    }

    [Fact]
    public async Task Node_WithAnotherMap_IsNamedWithWhatItsMapSaysOtherwise()
    {
        await using var one = await FakeNode.StartAsync(new Status());
        await using var two = await FakeNode.StartAsync(new Status());
        using var map = Map.Of(one.Address, two.Address);
        one.Status = Saying(0, map.Digest, Link(1, LinkCondition.Refused, "another topology"));
        var other = File.ReadAllText(map.Path)
            .Replace("\"cluster\": \"demo\"", "\"cluster\": \"lab\"", StringComparison.Ordinal);
        two.Topology = other;
        two.Status = Saying(1, new string('a', 64));

        var told = await Run.OfAsync("topology", "probe", map.Path);
        two.Topology = null;
        var silent = await Run.OfAsync("topology", "probe", map.Path);

        told.ExitCode.ShouldBe(1);
        told.Out.ShouldContain("another: aaaaaaaaaaaa");
        told.Out.ShouldContain(
            "from this file to the map of n02:\nWHO  WHAT     BEFORE  AFTER\nall  cluster  demo    lab\n"
        );
        silent.Out.ShouldContain("n02 will not say which map");
    }

    [Fact]
    public async Task Address_WhereSomebodyElseAnswers_IsNotTheNode()
    {
        await using var one = await FakeNode.StartAsync(new Status());
        using var map = Map.Of(one.Address);
        one.Status = Saying(6, map.Digest);

        var run = await Run.OfAsync("topology", "probe", map.Path);

        run.ExitCode.ShouldBe(1);
        run.Out.ShouldContain("die0: somebody else answers: n07");
    }

    private static Status Saying(int id, string digest, params LinkView[] links) =>
        new()
        {
            Node = (uint)id,
            NodeName = $"n{id + 1:00}",
            TopologyDigest = digest,
            Version = "0.1.0",
            Links = { links },
        };

    private static LinkView Link(uint peer, LinkCondition condition, string reason = "") =>
        new()
        {
            Peer = peer,
            Die = 0,
            Transport = TransportKind.Grpc,
            Condition = condition,
            RttUs = 180,
            Reason = reason,
        };
}
