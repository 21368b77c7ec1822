namespace ClusterRas.Protocol.Tests;

/// <summary>A task waits for memory, and the handlers of its own node answer (protocol.md 9).</summary>
public class LocalReclaimTests
{
    private const int Here = 2;

    private static MiniCluster WithHandler()
    {
        var cluster = new MiniCluster(5, 3);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 5)).ShouldBeTrue();
        var handler = new HandlerDeclaration(
            "shrink",
            [EventKind.OutOfMemory],
            TimeSpan.FromSeconds(5),
            true,
            false,
            false
        );
        cluster.Give(Here, new Input.HandlersPresent([handler.Name]));
        cluster.Give(Here, new Input.Asked(1, new EntryPayload.HandlerDeclared(handler)));
        cluster.RunUntil(() => cluster.Of<Effect.Granted>(Here).Any()).ShouldBeTrue();
        cluster.Run(4);
        return cluster;
    }

    private static Input.Raised Waits(MiniCluster cluster, TimeSpan window, TimeSpan age = default)
    {
        var words = cluster.Panic(Here, Here).Words with
        {
            Waiter = Waiter.StockLocal,
            Detail = new EventDetail.OutOfMemory([0], true, (int)window.TotalMilliseconds, 1),
        };
        words = words with { Id = words.Id with { Kind = EventKind.OutOfMemory } };
        var raisedAt = cluster.Now - age;
        return new Input.Raised(new Report(words, raisedAt, raisedAt + window), new DeviceRef(0, 1));
    }

    [Fact]
    public void Copy_OfAnAnsweredRecord_IsAnsweredFromMemory()
    {
        var cluster = WithHandler();
        var raised = Waits(cluster, TimeSpan.FromSeconds(35));
        cluster.Give(Here, raised);
        cluster.RunUntil(() => cluster.Of<Effect.StartHandler>(Here).Any()).ShouldBeTrue();
        var call = cluster.Of<Effect.StartHandler>(Here).Single().Call;
        cluster.Give(
            Here,
            new Input.HandlerAnswered(call.Incident, new HandlerResult("shrink", HandlerOutcome.Done, 4096, ""))
        );
        cluster.RunUntil(() => cluster.Of<Effect.Release>(Here).Any()).ShouldBeTrue();
        cluster.Of<Effect.Release>(Here).Single().Result.ShouldBe(4096UL);
        cluster.Run(2);
        cluster.Give(Here, raised);
        cluster.Run(0.5);
        cluster.Of<Effect.Release>(Here).Count().ShouldBe(2);
        cluster.Of<Effect.Release>(Here).ShouldAllBe(release => release.Device != null && release.Result == 4096);
        cluster.Of<Effect.StartHandler>(Here).Count(start => start.Call.Incident == call.Incident).ShouldBe(1);
    }

    [Fact]
    public void Window_OverWhileTheNodeWasPaused_LetsNobodyGo()
    {
        var cluster = WithHandler();
        cluster.Give(Here, Waits(cluster, TimeSpan.FromSeconds(2)));
        cluster.RunUntil(() => cluster.Of<Effect.StartHandler>(Here).Any()).ShouldBeTrue();
        cluster.Freeze(Here);
        cluster.Run(3);
        cluster.Thaw(Here);
        cluster.Run(1);
        cluster.Of<Effect.Release>(Here).ShouldBeEmpty();
    }

    [Fact]
    public void Record_ReadOnlyAfterItsWindow_StartsNoHandlerAndLetsNobodyGo()
    {
        var cluster = WithHandler();
        cluster.Give(Here, Waits(cluster, TimeSpan.FromSeconds(2), age: TimeSpan.FromSeconds(3)));
        cluster.Run(1);
        cluster.Of<Effect.StartHandler>(Here).ShouldAllBe(start => start.Call.Incident.Index.Value > 0);
        cluster.Of<Effect.Release>(Here).ShouldBeEmpty();
    }

    // Found by seed 7000051 of 5 nodes.
    [Fact]
    public void Driver_ReloadedWhileTheHandlersWork_IsAnsweredOnlyAtItsNewOpening()
    {
        var cluster = WithHandler();
        var raised = Waits(cluster, TimeSpan.FromSeconds(35));
        cluster.Give(Here, raised);
        cluster.RunUntil(() => cluster.Of<Effect.StartHandler>(Here).Any()).ShouldBeTrue();
        var call = cluster.Of<Effect.StartHandler>(Here).First().Call;
        var again = raised.Device!.Value with { Epoch = 2 };
        cluster.Give(Here, new Input.DeviceReopened(again));
        cluster.Give(
            Here,
            new Input.HandlerAnswered(call.Incident, new HandlerResult("shrink", HandlerOutcome.Done, 4096, ""))
        );
        cluster.Run(1);
        cluster.Of<Effect.Release>(Here).ShouldBeEmpty();

        cluster.Give(Here, raised with { Device = again });
        cluster.Run(0.5);
        cluster.Of<Effect.Release>(Here).ShouldHaveSingleItem().Device.ShouldBe(again);
    }

    // Its ack is on its way: the copy that the driver shows meanwhile is answered by it, and no other.
    [Fact]
    public void Copy_ReadWhileItsAnswerIsWritten_IsNotAnsweredTwice()
    {
        var cluster = WithHandler();
        var raised = Waits(cluster, TimeSpan.FromSeconds(35));
        cluster.Give(Here, raised);
        cluster.RunUntil(() => cluster.Of<Effect.StartHandler>(Here).Any()).ShouldBeTrue();
        var call = cluster.Of<Effect.StartHandler>(Here).First().Call;
        cluster.Give(
            Here,
            new Input.HandlerAnswered(call.Incident, new HandlerResult("shrink", HandlerOutcome.Done, 4096, ""))
        );

        // Before what became of the release is told.
        cluster.Give(Here, raised);
        cluster.Run(1);
        cluster.Of<Effect.Release>(Here).ShouldHaveSingleItem();
    }

    [Fact]
    public void Copy_ReadWhileTheHandlersWork_StartsThemOnce()
    {
        var cluster = WithHandler();
        var raised = Waits(cluster, TimeSpan.FromSeconds(35));
        cluster.Give(Here, raised);
        cluster.Run(0.1);
        cluster.Give(Here, raised);
        cluster.Run(0.1);
        Calls(cluster).ShouldHaveSingleItem();
    }

    [Fact]
    public void Tasks_ThatWaitAtTheSameTime_EachHaveTheHandlers()
    {
        var cluster = WithHandler();
        cluster.Give(Here, Waits(cluster, TimeSpan.FromSeconds(35)));
        cluster.Run(0.1);
        cluster.Give(Here, Waits(cluster, TimeSpan.FromSeconds(35)));
        cluster.Run(0.1);
        var calls = Calls(cluster);
        calls.Length.ShouldBe(2);
        foreach (var (call, pages) in calls.Zip([11ul, 22ul]))
        {
            cluster.Give(
                Here,
                new Input.HandlerAnswered(call.Incident, new HandlerResult("shrink", HandlerOutcome.Done, pages, ""))
            );
        }

        cluster.Run(0.1);
        cluster.Of<Effect.Release>(Here).Select(release => release.Result).ShouldBe([11, 22]);
    }

    /// <summary>Starts that this node made on its own: the cluster's have the number of their incident.</summary>
    private static HandlerCall[] Calls(MiniCluster cluster) =>
        [
            .. cluster
                .Of<Effect.StartHandler>(Here)
                .Select(start => start.Call)
                .Where(call => call.Incident.Index.Value < 0),
        ];

    [Fact]
    public void Handlers_HaveUntilASecondBeforeTheKernelGoesOn_AndThenItIsLetGo()
    {
        var cluster = WithHandler();
        var raised = Waits(cluster, TimeSpan.FromSeconds(3));
        cluster.Give(Here, raised);
        cluster.Run(0.1);
        Calls(cluster)
            .ShouldHaveSingleItem()
            .Deadline.ShouldBeInRange(TimeSpan.FromSeconds(1.99), TimeSpan.FromSeconds(2));
        cluster.Run(3);
        var released = cluster.Effects.Single(seen => seen.Node == Here && seen.Effect is Effect.Release);
        released.At.ShouldBe(raised.Report.WindowEnds!.Value - TimeSpan.FromSeconds(1));
        ((Effect.Release)released.Effect).Result.ShouldBe(0UL);
    }

    [Fact]
    public void Pages_OfAHandlerThatFailed_AreNotCounted()
    {
        var cluster = WithHandler();
        cluster.Give(Here, Waits(cluster, TimeSpan.FromSeconds(35)));
        cluster.Run(0.1);
        cluster.Give(
            Here,
            new Input.HandlerAnswered(
                Calls(cluster)[0].Incident,
                new HandlerResult("shrink", HandlerOutcome.Failed, 4096, "")
            )
        );
        cluster.Run(0.1);
        cluster.Of<Effect.Release>(Here).ShouldHaveSingleItem().Result.ShouldBe(0UL);
    }

    [Fact]
    public void Copies_RightAfterAnAck_AreSwallowedOnce()
    {
        var cluster = WithHandler();
        var raised = Waits(cluster, TimeSpan.FromSeconds(35));
        cluster.Give(Here, raised);
        cluster.Run(0.1);
        cluster.Give(
            Here,
            new Input.HandlerAnswered(
                Calls(cluster)[0].Incident,
                new HandlerResult("shrink", HandlerOutcome.Done, 4096, "")
            )
        );
        cluster.Run(0.1);
        cluster.Give(Here, raised);
        cluster.Run(0.1);
        cluster.Of<Effect.Release>(Here).Count().ShouldBe(1);
        cluster.Give(Here, raised);
        cluster.Run(0.1);
        cluster.Of<Effect.Release>(Here).Count().ShouldBe(2);
    }

    [Fact]
    public void Handlers_OfOtherKindsOrThatAreNotHere_AreNotCalled()
    {
        var cluster = WithHandler();
        var shrink = cluster.Status(Here).Book.Handlers["shrink"].Handler;
        cluster.Give(Here, new Input.HandlersPresent(["shrink", "drain"]));
        cluster.Give(
            Here,
            new Input.Asked(
                2,
                new EntryPayload.HandlerDeclared(shrink with { Name = "drain", Kinds = [EventKind.Panic] })
            )
        );
        cluster.Give(Here, new Input.Asked(3, new EntryPayload.HandlerDeclared(shrink with { Name = "away" })));
        cluster.RunUntil(() => cluster.Status(Here).Book.Handlers.Count == 3).ShouldBeTrue();
        cluster.Give(Here, Waits(cluster, TimeSpan.FromSeconds(35)));
        cluster.Run(0.1);
        Calls(cluster).ShouldHaveSingleItem().Handler.ShouldBe("shrink");
    }

    [Fact]
    public void Word_ForWhichNobodyWaits_IsTheClustersAlone()
    {
        var cluster = WithHandler();
        var raised = Waits(cluster, TimeSpan.FromSeconds(35));
        var words = raised.Report.Words with { Waiter = Waiter.Nobody };
        cluster.Give(Here, raised with { Report = raised.Report with { Words = words } });
        cluster.Run(0.5);
        Calls(cluster).ShouldBeEmpty();
        cluster.Status(Here).Book.Incidents.ShouldHaveSingleItem();
    }
}
