using Grpc.Core;

namespace ClusterRas.Daemon.Tests;

/// <summary>Programs that subscribe and answer, or do not.</summary>
public sealed class HandlerTests : IDisposable
{
    private const ulong LongMs = 60_000;

    /// <summary>Of n2, which does not run; n1 is the whole control group.</summary>
    private readonly RealCluster cluster = new(nodeCount: 2);

    private RealNode Node => cluster[1];

    [Theory]
    [InlineData(HandlerOutcome.Done, Verdict.Handled)]
    [InlineData(HandlerOutcome.Failed, Verdict.Failed)]
    public async Task Subscriber_Answers_AndTheAckSaysSo(HandlerOutcome outcome, Verdict verdict)
    {
        await cluster.StartAloneAsync(Node);
        using var subscriber = await Subscriber.ConnectAsync(Node, Fence(LongMs));
        using var report = Node.Programs.ReportAsync(Panic(LongMs));
        var call = await subscriber.NextAsync();
        await subscriber.CompleteAsync(call, outcome, result: 7);
        var reply = await report.ResponseAsync;

        reply.Ending.ShouldBe(ReportEnding.Acked);
        reply.Verdict.ShouldBe(verdict);
        reply.Incident.ShouldBe(call.Incident);
        call.VictimNodeName.ShouldBe("n2");
        call.Kind.ShouldBe(EventKind.Panic);
        call.Words.WitnessNodeName.ShouldBe("n1");
        call.Words.Text.ShouldBe("out of luck");
        call.Term.ShouldBe((await Node.StatusAsync())!.Master.Term);

        var incident = (await cluster.SameOnAllAsync("it released", list => list is [{ AckedCount: 1 }])).Single();
        incident.Handlers.ShouldBe(["fence"]);
        incident.HandlerResults.Single().Outcome.ShouldBe(outcome);
        incident.HandlerResults.Single().Result.ShouldBe(7u);
        incident.Verdict.ShouldBe(verdict);
    }

    [Fact]
    public async Task Subscriber_AnsweringTwice_IsToldAndChangesNothing()
    {
        await cluster.StartAloneAsync(Node);
        using var subscriber = await Subscriber.ConnectAsync(Node, Fence(LongMs));
        using var report = Node.Programs.ReportAsync(Panic(LongMs));
        var call = await subscriber.NextAsync();
        await subscriber.CompleteAsync(call, HandlerOutcome.Done);
        await report.ResponseAsync;

        await ShouldBeUnknownAsync(() => subscriber.CompleteAsync(call, HandlerOutcome.Failed));

        var incident = (await cluster.SameOnAllAsync("it released", list => list is [{ AckedCount: 1 }])).Single();
        incident.Verdict.ShouldBe(Verdict.Handled);
        incident.HandlerResults.ShouldHaveSingleItem().Outcome.ShouldBe(HandlerOutcome.Done);
    }

    [Fact]
    public async Task Subscriber_NeverAnswering_LetsTheAckLeaveAsRecorded()
    {
        await cluster.StartAloneAsync(Node);
        using var subscriber = await Subscriber.ConnectAsync(Node, Fence(LongMs));
        using var report = Node.Programs.ReportAsync(Panic(windowMs: 3000));
        var call = await subscriber.NextAsync();
        var reply = await report.ResponseAsync;

        reply.Ending.ShouldBe(ReportEnding.Acked);
        reply.Verdict.ShouldBe(Verdict.Recorded);
        call.DeadlineMs.ShouldBeLessThan(3000u, "a call is over when its answer must leave");
        await cluster.SameOnAllAsync(
            "its handler timed out",
            list => list is [{ HandlerResults: [{ Outcome: HandlerOutcome.TimedOut }] }]
        );
        await ShouldBeUnknownAsync(() => subscriber.CompleteAsync(call, HandlerOutcome.Done));
    }

    [Fact]
    public async Task Subscriber_Leaving_FailsItsCallAndIsAbsentAtTheNext()
    {
        await cluster.StartAloneAsync(Node);
        using (var subscriber = await Subscriber.ConnectAsync(Node, Fence(deadlineMs: 1500)))
        {
            using var report = Node.Programs.ReportAsync(Panic(LongMs));
            await subscriber.NextAsync();
            subscriber.Dispose();
            (await report.ResponseAsync).Verdict.ShouldBe(Verdict.Failed);
        }

        await cluster.UntilAsync(
            "the node knows that it has left",
            async () => (await Node.StatusAsync())!.Handlers.Single().ConnectedAtNodes.Count == 0
        );
        var later = Panic(LongMs);
        later.Kind = EventKind.KernelReboot;
        later.NodeName = "n1";
        (await Node.Programs.ReportAsync(later)).Verdict.ShouldBe(Verdict.Failed);
        var incidents = await cluster.SameOnAllAsync("both", list => list.Count == 2);
        incidents[0].HandlerResults.Single().Outcome.ShouldBe(HandlerOutcome.TimedOut);
        incidents[1].HandlerResults.Single().Outcome.ShouldBe(HandlerOutcome.Absent);
    }

    [Fact]
    public async Task Subscriber_ThatIsNotRequired_IsCalledAndNotWaitedFor()
    {
        await cluster.StartAloneAsync(Node);
        var mail = Fence(LongMs);
        mail.Required = false;
        using var subscriber = await Subscriber.ConnectAsync(Node, mail);
        var reply = await Node.Programs.ReportAsync(Panic(LongMs));
        reply.Verdict.ShouldBe(Verdict.Recorded);
        (await subscriber.NextAsync()).Incident.ShouldBe(reply.Incident);
    }

    [Fact]
    public async Task Subscriber_AtAnotherNodeThanTheMaster_IsCalledThere()
    {
        using var three = new RealCluster(nodeCount: 4, control: 3);
        var master = await three.StartAsync(three[1], three[2], three[3]);
        var followers = three.Live.Where(node => node != master).ToList();
        using var subscriber = await Subscriber.ConnectAsync(followers[0], Fence(LongMs));
        var word = Panic(LongMs);
        word.NodeName = "n4";
        using var report = followers[1].Programs.ReportAsync(word);
        await subscriber.CompleteAsync(await subscriber.NextAsync(), HandlerOutcome.Done);

        (await report.ResponseAsync).Verdict.ShouldBe(Verdict.Handled);
        await three.SameOnAllAsync("it handled", list => list is [{ Verdict: Verdict.Handled, AckedCount: 1 }]);
    }

    [Theory]
    [InlineData("Fence!", 1000, StatusCode.InvalidArgument)]
    [InlineData("fence", 0, StatusCode.InvalidArgument)]
    public async Task Subscriber_WithABadDeclaration_IsRefused(string name, ulong deadlineMs, StatusCode code)
    {
        await cluster.StartAloneAsync(Node);
        var request = Fence(deadlineMs);
        request.Name = name;
        var error = await Should.ThrowAsync<RpcException>(() => Subscriber.ConnectAsync(Node, request));
        error.StatusCode.ShouldBe(code);
    }

    public void Dispose() => cluster.Dispose();

    private static SubscribeRequest Fence(ulong deadlineMs) =>
        new()
        {
            Name = "fence",
            Kinds = { EventKind.Panic, EventKind.KernelReboot },
            DeadlineMs = deadlineMs,
            Required = true,
        };

    private static ReportRequest Panic(ulong windowMs) =>
        new()
        {
            Kind = EventKind.Panic,
            NodeName = "n2",
            WindowMs = windowMs,
            Text = "out of luck",
        };

    private static async Task ShouldBeUnknownAsync(Func<Task> complete) =>
        (await Should.ThrowAsync<RpcException>(complete)).StatusCode.ShouldBe(StatusCode.NotFound);
}
