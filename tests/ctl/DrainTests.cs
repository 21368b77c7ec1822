using ClusterRas.Wire.V1;
using Grpc.Core;

namespace ClusterRas.Ctl.Tests;

public sealed class DrainTests : IAsyncLifetime
{
    private FakeNode node = null!;

    public async ValueTask InitializeAsync() => node = await FakeNode.StartAsync(Samples.Status("n01"));

    public ValueTask DisposeAsync() => node.DisposeAsync();

    [Fact]
    public async Task Drain_Done_SaysThatTheNodeCanBeStoppedAndWhoIsLeft()
    {
        node.OnDrain = _ => Reply("n01", "n02", "n04");

        var text = await AskAsync("drain", "n03", "--by", "anna", "--why", "new memory");
        var json = await AskAsync("drain", "n03", "--json");

        text.ShouldBe(
            new Run(0, "n03 is drained and can be stopped\nvoters: n01, n02, n04; n02 is master, term 4\n", "")
        );
        json.Out.ShouldBe(
            """{"node":"n03","draining":true,"voters":["n01","n02","n04"],"master":"n02","term":4}""" + "\n"
        );
        node.Requests[0]
            .ShouldBe(
                new DrainRequest
                {
                    NodeName = "n03",
                    By = "anna",
                    Why = "new memory",
                }
            );
    }

    [Fact]
    public async Task Drain_Off_SaysThatTheNodeStays()
    {
        node.OnDrain = _ => Reply("n01", "n02", "n04");

        var text = await AskAsync("drain", "n03", "--off");

        text.Out.ShouldBe("n03 may have a seat again\nvoters: n01, n02, n04; n02 is master, term 4\n");
        ((DrainRequest)node.Requests[0]).Off.ShouldBeTrue();
    }

    [Fact]
    public async Task Drain_Refused_SaysWhyAndWhatToDo()
    {
        node.OnDrain = _ =>
            throw new RpcException(
                new Grpc.Core.Status(
                    StatusCode.FailedPrecondition,
                    "the live voters without it are no majority, and no follower can take its seat"
                )
            );

        var run = await AskAsync("drain", "n03");

        run.ShouldBe(
            new Run(
                1,
                "",
                """
                rasctl: n01 at ADDR says: the live voters without it are no majority, and no follower can take its seat
                  who has a seat, and who is up: rasctl status; whether it was asked for: rasctl audit

                """
            )
        );
    }

    [Fact]
    public async Task Status_WhileANodeIsDrained_SaysSo()
    {
        var status = Samples.Status("n01");
        status.Members[0].Draining = true;
        status.Members[1].Draining = true;
        status.Members[1].Voter = false;
        await using var other = await FakeNode.StartAsync(status);

        var run = await Run.OfAsync(["status", "--address", $"{other.Address}"]);

        run.Out.Split('\n')
            .ShouldContain(line => line.StartsWith("n01 ", StringComparison.Ordinal) && line.Contains("draining"));
        run.Out.Split('\n')
            .ShouldContain(line => line.StartsWith("n02 ", StringComparison.Ordinal) && line.Contains("drained"));
    }

    private static DrainReply Reply(params string[] voters)
    {
        var reply = new DrainReply { MasterNodeName = "n02", Term = 4 };
        reply.VoterNodeNames.AddRange(voters);
        return reply;
    }

    private async Task<Run> AskAsync(params string[] args) =>
        (await Run.OfAsync([.. args, "--address", $"{node.Address}"])).Naming(node.Address, "ADDR");
}
