using System.Diagnostics;

namespace ClusterRas.Daemon.Tests;

/// <summary>Stops, and starts on what the disk gives back.</summary>
public sealed class RestartTests : IDisposable
{
    private static readonly TimeSpan StopsWithin = TimeSpan.FromSeconds(2);

    private readonly RealCluster cluster = new(nodeCount: 4, control: 3);

    [Fact]
    public async Task Node_StoppedWhileOthersWentOn_ShowsTheIncidentAfterwards()
    {
        await cluster.StartAsync(Control);
        var stopped = cluster[3];
        (await stopped.StopAsync()).ShouldBe(0);
        await cluster.AckedAsync(cluster[1].Kernel.Tell(RealCluster.Panic(4)));

        await cluster.StartAsync(stopped);

        await cluster.SameOnAllAsync("the incident", list => list is [{ AckedCount: 1 }]);
    }

    [Fact]
    public async Task Node_StartedAgain_IsNotCalledSilent()
    {
        await cluster.StartAsync(Control);
        var stopped = cluster[3];
        await stopped.StopAsync();
        await cluster.UntilAsync(
            "its peers have not heard it for longer than silence takes",
            async () => (await cluster[1].StatusAsync())?.Members[2].Health == Health.AgentDown
        );

        await cluster.StartAsync(stopped);
        await cluster.AckedAsync(stopped.Kernel.Tell(RealCluster.Panic(4)));

        cluster.Nodes.ShouldAllBe(node => !node.HasSaid("Silent of n3", 0));
    }

    [Fact]
    public async Task Nodes_ToldToStopWhileTheyAreWatched_StopAtOnce()
    {
        await cluster.StartAsync(Control);
        var took = new List<TimeSpan>();
        foreach (var node in Control)
        {
            using var watch = node.Operator.Watch(new WatchRequest());
            (await watch.ResponseStream.MoveNext(CancellationToken.None)).ShouldBeTrue();
            var start = Stopwatch.GetTimestamp();
            (await node.StopAsync()).ShouldBe(0, node.Name);
            took.Add(Stopwatch.GetElapsedTime(start));
            node.HasSaid("rasd.stopped").ShouldBeTrue();
        }

        // A busy machine only adds to it, so the least of three is what the stop itself takes.
        took.Min().ShouldBeLessThan(StopsWithin);
    }

    [Fact]
    public async Task Node_StartedAgainAlone_HasItsTermTagLedgerAndUnansweredWord()
    {
        await cluster.StartAsync(Control);
        var node = cluster[3];
        await cluster.AckedAsync(node.Kernel.Tell(RealCluster.Panic(4)));
        var shown = await cluster.SameOnAllAsync("the incident", list => list is [{ AckedCount: 1 }]);
        await cluster[1].StopAsync();
        await cluster[2].StopAsync();
        var word = new ReportRequest
        {
            Kind = EventKind.MemoryFault,
            NodeName = "n4",
            WindowMs = 300,
        };
        (await node.Programs.ReportAsync(word)).Ending.ShouldBe(ReportEnding.WindowOver);
        var before = (await node.StatusAsync())!;
        before.OutboxCount.ShouldBe(1u);

        await node.StopAsync();
        node.Start();
        var after = await cluster.UntilAsync("it answers", node.StatusAsync);

        after.Cluster.ShouldBe(before.Cluster);
        after.Life.ShouldBe(before.Life);
        after.Master.Term.ShouldBeGreaterThanOrEqualTo(before.Master.Term);
        after.OutboxCount.ShouldBe(1u);
        (await node.IncidentsAsync()).ShouldBe(shown);

        await cluster.StartAsync(cluster[1], cluster[2]);
        var incidents = await cluster.SameOnAllAsync(
            "the late word",
            list => list is [_, { Kind: EventKind.MemoryFault, ReleaseCount: 1 }]
        );
        incidents[1].AckedCount.ShouldBe(0u);
        incidents[1].Releases[0].Outcome.ShouldNotBe(ReleaseOutcome.Acked);
        await cluster.UntilAsync("the word is delivered", async () => await node.StatusAsync() is { OutboxCount: 0 });
    }

    [Fact]
    public async Task Node_WithANewBoot_HasTheNextTag()
    {
        await cluster.StartAsync(Control);
        var node = cluster[2];
        (await node.StatusAsync())!.Life.Tag.ShouldBe(1u);
        await node.StopAsync();
        node.NewBoot();
        await cluster.StartAsync(node);
        (await node.StatusAsync())!.Life.Tag.ShouldBe(2u);
    }

    [Fact]
    public async Task SecondDaemon_OnTheSameData_RefusesAndHarmsNothing()
    {
        await cluster.StartAsync(Control);
        var node = cluster[1];
        var (status, said) = await Rasd.RunAsync(node.Arguments());
        status.ShouldBe(1);
        said.ShouldHaveSingleItem().ShouldContain("rasd.failed");
        said[0].ShouldContain(node.Data);

        await cluster.AckedAsync(node.Kernel.Tell(RealCluster.Panic(4)));
    }

    public void Dispose() => cluster.Dispose();

    private RealNode[] Control => [cluster[1], cluster[2], cluster[3]];
}
