using ClusterRas.Fabric;

namespace ClusterRas.Protocol.Tests;

/// <summary>What a witness does with its own words: to which opening of a device an ack goes, and when a window is over (protocol.md 3, 4).</summary>
public class WitnessTests
{
    private const int Witness = 3;

    private static MiniCluster Joined()
    {
        var cluster = new MiniCluster(5, 3);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 5)).ShouldBeTrue();
        return cluster;
    }

    // D1 is about the device that was reopened: the acks of all others are still awaited by their kernels.
    [Theory]
    [InlineData(1, 2)]
    [InlineData(0, 1)]
    public void Device_WhenAnotherOneIsReopened_StillGetsItsAck(int source, int epoch)
    {
        var cluster = Joined();
        var device = new DeviceRef(0, 1);
        cluster.Give(Witness, new Input.Raised(cluster.Panic(4, Witness), device));
        cluster.Give(Witness, new Input.DeviceReopened(new DeviceRef(source, epoch)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(Witness).Any(), 1).ShouldBeTrue();
        cluster.Of<Effect.Release>(Witness).ShouldHaveSingleItem().Device.ShouldBe(device);
    }

    [Fact]
    public void Device_ThatIsReopenedBeforeTheAnswer_GetsNoAckOfTheOldOpening()
    {
        var cluster = Joined();
        cluster.Give(Witness, new Input.Raised(cluster.Panic(4, Witness), new DeviceRef(0, 1)));
        cluster.Give(Witness, new Input.DeviceReopened(new DeviceRef(0, 2)));
        cluster.Run(1);
        cluster.Of<Effect.Release>(Witness).ShouldBeEmpty();
    }

    // Nothing else wakes it at that moment: no master is left, and its own rhythm is another one.
    [Theory]
    [InlineData(4_000)]
    [InlineData(4_130)]
    public void Window_ThatNobodyAnswers_EndsAtItsInstant(long windowMs)
    {
        var cluster = Joined();
        foreach (var voter in new[] { 0, 1, 2 })
        {
            cluster.Stop(voter);
        }

        var report = cluster.Panic(4, Witness, windowMs: windowMs);
        cluster.Give(Witness, new Input.Raised(report, new DeviceRef(0, 1)));
        cluster.Run(6);
        var over = cluster.Effects.Where(seen => seen.Effect is Effect.WindowOver).ShouldHaveSingleItem();
        over.At.ShouldBe(report.WindowOverAt);
    }

    [Fact]
    public void Word_OnAnAddressThatNobodyHas_IsToldWithIt()
    {
        var cluster = Joined();
        var stranger = new Cna(9999);
        var panic = cluster.Panic(4, Witness);
        var report = panic with { Words = panic.Words with { VictimEid = null, VictimCna = stranger } };
        cluster.Give(Witness, new Input.Raised(report, new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(Witness).Any(), 1).ShouldBeTrue();
        cluster
            .Of<Effect.Note>(cluster.Master)
            .Select(note => note.Fact)
            .ShouldContain(new Fact.UnknownVictim(report.Id, stranger.ToString()));
    }

    // A kernel numbers its events from the start again and again, and knows them by the number alone.
    [Fact]
    public void Msgid_ThatOneWordOverAndTwoThatWaitHaveHad_StandsForTheLastOnly()
    {
        var cluster = Joined();
        var handler = new HandlerDeclaration("drain", [EventKind.Panic], TimeSpan.FromSeconds(60), true, false, false);
        cluster.Give(4, new Input.HandlersPresent([handler.Name]));
        cluster.Give(4, new Input.Asked(1, new EntryPayload.HandlerDeclared(handler)));
        cluster.RunUntil(() => cluster.Of<Effect.Granted>(4).Any()).ShouldBeTrue();
        cluster.Run(1);
        var device = new DeviceRef(0, 1);
        cluster.Give(Witness, new Input.Raised(Notice(cluster, 7), device));
        cluster.RunUntil(() => cluster.Of<Effect.Delivered>(Witness).Any(), 1).ShouldBeTrue();
        var overtaken = cluster.Panic(2, Witness, 7);
        cluster.Give(Witness, new Input.Raised(overtaken, device));
        cluster.Run(0.1);
        var last = cluster.Panic(2, Witness, 7);
        cluster.Give(Witness, new Input.Raised(last, device));
        cluster.Run(0.1);

        // So many words end meanwhile that the first of them is forgotten; not at once, as the outbox has its limit.
        for (ulong word = 1; word <= 1_200; word++)
        {
            cluster.Give(Witness, new Input.Raised(Notice(cluster, 100 + word), null));
            cluster.Run(word % 50 == 0 ? 0.1 : 0);
        }

        var calls = cluster.Of<Effect.StartHandler>(4).ToArray();
        foreach (var call in calls.Select(start => start.Call))
        {
            cluster.Give(
                4,
                new Input.HandlerAnswered(call.Incident, new HandlerResult(call.Handler, HandlerOutcome.Done, 0, ""))
            );
        }

        cluster.RunUntil(() => cluster.Of<Effect.Release>(Witness).Any(), 1).ShouldBeTrue();
        cluster.Run(0.5);
        cluster.Of<Effect.Release>(Witness).Select(release => release.Report).ShouldBe([last.Id]);

        static Report Notice(MiniCluster cluster, ulong msgid)
        {
            var words = cluster.Panic(Witness, Witness, msgid).Words with { Waiter = Waiter.Nobody, WindowMs = null };
            words = words with { Id = words.Id with { Kind = EventKind.MemoryFault } };
            return new Report(words, cluster.Now, null);
        }
    }

    [Fact]
    public void Device_ThatIsReopenedAndShowsTheRecordAgain_GetsItsAckThere()
    {
        var cluster = Joined();
        var report = cluster.Panic(4, Witness);
        cluster.Give(Witness, new Input.Raised(report, new DeviceRef(0, 1)));
        cluster.Give(Witness, new Input.DeviceReopened(new DeviceRef(0, 2)));
        cluster.Give(Witness, new Input.Raised(report, new DeviceRef(0, 2)));
        cluster.Run(1);
        cluster.Of<Effect.Release>(Witness).ShouldHaveSingleItem().Device.ShouldBe(new DeviceRef(0, 2));
    }

    // D3: one copy that comes right behind an ack is the kernel's leftover. All others are of somebody who waits.
    [Theory]
    [InlineData(1.1, 1)]
    [InlineData(1.3, 2)]
    public void Copy_OfAnAckedRecord_IsSwallowedOnlyRightBehindTheAck(double later, int releases)
    {
        var cluster = Joined();
        var raised = Acked(cluster);
        cluster.Run(later);
        cluster.Give(Witness, raised);
        cluster.Run(0.1);
        cluster.Of<Effect.Release>(Witness).Count().ShouldBe(releases);
    }

    // The kernel showed it in time, but the process stood still and read it later. Life 917134925274 of five nodes.
    [Theory]
    [InlineData(0.9, 0.4, 0, 1)]
    [InlineData(0.5, 30, 0.5, 1)]
    [InlineData(0.5, 30, 0.9, 2)]
    public void Copy_ReadAfterAStop_IsSwallowedAsIfThatTimeHadNotBeen(
        double before,
        double stopped,
        double after,
        int releases
    )
    {
        var cluster = Joined();
        var raised = new Input.Raised(cluster.Panic(4, Witness, windowMs: 60_000), new DeviceRef(0, 1));
        cluster.Give(Witness, raised);
        cluster.RunUntil(() => cluster.Of<Effect.Release>(Witness).Any(), 1).ShouldBeTrue();
        cluster.Run(before);
        cluster.Freeze(Witness);
        cluster.Run(stopped);
        cluster.Thaw(Witness);
        cluster.Run(after);
        cluster.Give(Witness, raised);
        cluster.Run(0.1);
        cluster.Of<Effect.Release>(Witness).Count().ShouldBe(releases);
    }

    [Fact]
    public void Copy_BehindTheOneThatWasSwallowed_IsAnswered()
    {
        var cluster = Joined();
        var raised = Acked(cluster);
        cluster.Give(Witness, raised);
        cluster.Run(0.1);
        cluster.Of<Effect.Release>(Witness).Count().ShouldBe(1);
        cluster.Give(Witness, raised);
        cluster.Run(0.1);
        cluster.Of<Effect.Release>(Witness).Count().ShouldBe(2);

        // That was acked, too, and leaves one behind itself.
        cluster.Give(Witness, raised);
        cluster.Run(0.1);
        cluster.Of<Effect.Release>(Witness).Count().ShouldBe(2);
    }

    // No kernel stands between: who says it again has not read the answer.
    [Fact]
    public void Word_OfACallerThatSaysItAgain_IsAnsweredAtOnce()
    {
        var cluster = Joined();
        var raised = Acked(cluster, device: null);
        cluster.Give(Witness, raised);
        cluster.Run(0.1);
        cluster.Of<Effect.Release>(Witness).Count().ShouldBe(2);
    }

    [Fact]
    public void Release_ThatIsGivenBackAfterItWasCarriedOut_IsNotRepeated()
    {
        var cluster = Joined();
        Acked(cluster);
        cluster.Give(Witness, new Input.Returned(cluster.Of<Effect.Release>(Witness).Single()));
        cluster.Run(0.1);
        cluster.Of<Effect.Release>(Witness).Count().ShouldBe(1);
    }

    // Its outcome cannot be told to anybody, so it is kept; but its window is nothing to tell people of.
    [Fact]
    public void Window_OfAWordThatWasLetGo_IsNotToldAsOver()
    {
        var cluster = Joined();
        cluster.Give(Witness, new Input.Raised(cluster.Panic(4, Witness, windowMs: 4_000), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(Witness).Any(), 1).ShouldBeTrue();
        foreach (var other in cluster.Running.Where(node => node != Witness))
        {
            cluster.Cut(Witness, other);
        }

        cluster.Run(6);
        cluster.Of<Effect.WindowOver>(Witness).ShouldBeEmpty();
        cluster.Status(Witness).Outbox.ShouldBe(0, "a master has answered it");
        cluster.Disks[Witness].State.Outbox.ShouldHaveSingleItem();
    }

    private static Input.Raised Acked(MiniCluster cluster) => Acked(cluster, new DeviceRef(0, 1));

    private static Input.Raised Acked(MiniCluster cluster, DeviceRef? device)
    {
        var raised = new Input.Raised(cluster.Panic(4, Witness), device);
        cluster.Give(Witness, raised);
        cluster.RunUntil(() => cluster.Of<Effect.Release>(Witness).Any(), 1).ShouldBeTrue();
        cluster.Run(0.01);
        return raised;
    }
}
