using ClusterRas.Fabric;

namespace ClusterRas.Protocol.Tests;

/// <summary>What a witness is answered, and when (F4, H4; protocol.md 2, 3).</summary>
public class AnswerTests
{
    private const int Victim = 4;

    private static MiniCluster Joined(params EventKind[] guarded)
    {
        var cluster = new MiniCluster(5, 3);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 5)).ShouldBeTrue();
        if (guarded.Length > 0)
        {
            // It is there, and never answers.
            var guard = new HandlerDeclaration("guard", [.. guarded], TimeSpan.FromSeconds(60), true, false, false);
            cluster.Give(3, new Input.HandlersPresent([guard.Name]));
            cluster.Give(3, new Input.Asked(1, new EntryPayload.HandlerDeclared(guard)));
            cluster.RunUntil(() => cluster.Of<Effect.Granted>(3).Any()).ShouldBeTrue();
        }

        cluster.Run(0.5);
        return cluster;
    }

    private static int Witness(MiniCluster cluster) =>
        cluster.Running.First(node => node != cluster.Master && node < 3);

    private static Incident Incident(MiniCluster cluster) =>
        cluster.Status(cluster.Master).Book.Incidents.Values.Single();

    private static void Closes(MiniCluster cluster) =>
        cluster.Give(
            3,
            new Input.Asked(9, new EntryPayload.Closed(Incident(cluster).Id, CloseReason.Operator, "anna"))
        );

    [Fact]
    public void Word_ThatComesAfterItsClaimWasClosed_IsAnsweredClosed()
    {
        var cluster = Joined();
        var witness = Witness(cluster);
        cluster.Give(witness, new Input.Raised(cluster.Panic(Victim, witness), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(witness).Any(), 1).ShouldBeTrue();
        cluster.Of<Effect.Release>(witness).Single().Verdict.ShouldBe(Verdict.Recorded);
        Closes(cluster);
        cluster.RunUntil(() => !Incident(cluster).IsOpen, 1).ShouldBeTrue();
        cluster.Give(3, new Input.Raised(cluster.Panic(Victim, 3), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(3).Any(), 1).ShouldBeTrue();
        cluster.Of<Effect.Release>(3).Single().Verdict.ShouldBe(Verdict.Closed);
        Incident(cluster).Reports.Count.ShouldBe(2);
    }

    [Fact]
    public void Word_WhoseClaimIsClosedWhileHandlersWork_WaitsForThemNoLonger()
    {
        var cluster = Joined(EventKind.Panic);
        var witness = Witness(cluster);
        cluster.Give(witness, new Input.Raised(cluster.Panic(Victim, witness), new DeviceRef(0, 1)));
        cluster.Run(1);
        cluster.Of<Effect.Release>(witness).ShouldBeEmpty();
        Closes(cluster);
        cluster.RunUntil(() => cluster.Of<Effect.Release>(witness).Any(), 1).ShouldBeTrue();
        cluster.Of<Effect.Release>(witness).Single().Verdict.ShouldBe(Verdict.Recorded);
    }

    [Fact]
    public void Word_WithoutAWindow_WaitsForNoHandler()
    {
        var cluster = Joined(EventKind.Panic);
        var panic = cluster.Panic(Victim, 3);
        var words = panic.Words with { Waiter = Waiter.Nobody, WindowMs = null };
        cluster.Give(3, new Input.Raised(new Report(words, cluster.Now, null), null));
        cluster.RunUntil(() => cluster.Of<Effect.Delivered>(3).Any(), 1).ShouldBeTrue();
        cluster.Of<Effect.Delivered>(3).Single().Verdict.ShouldBe(Verdict.Recorded);
    }

    [Fact]
    public void PowerOff_OnWhichNoHandlerHasSpoken_IsVetoedInTime()
    {
        var cluster = Joined(EventKind.PowerOff);
        var panic = cluster.Panic(3, 3, windowMs: 4_000);
        var words = panic.Words with { Id = panic.Id with { Kind = EventKind.PowerOff }, Waiter = Waiter.StockLocal };
        cluster.Give(3, new Input.Raised(panic with { Words = words }, new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(3).Any(), 3.5).ShouldBeTrue();
        cluster.Of<Effect.Release>(3).Single().Result.ShouldBe(1UL);
    }

    // A copy whose clock went wrong on the way must not have its kernel wait in vain; one that knows of less time is believed.
    [Theory]
    [InlineData(20_000, 3_500)]
    [InlineData(-2_000, 1_500)]
    public void Window_OfAWordSaidAgain_IsLoweredAndNeverRaised(int longerMs, int answeredAfterMs)
    {
        var cluster = Joined(EventKind.Panic);
        var witness = Witness(cluster);
        var said = cluster.Now;
        var report = cluster.Panic(Victim, witness, windowMs: 5_000);
        cluster.Give(witness, new Input.Raised(report, new DeviceRef(0, 1)));
        cluster.Run(0.1);
        var again = report with { WindowEnds = report.WindowEnds!.Value + TimeSpan.FromMilliseconds(longerMs) };
        cluster.Give(
            cluster.Master,
            new Input.Arrived(
                new LinkId(new NodeId(witness), new Die(0), TransportKind.Grpc),
                new Frame(0, 0, 0, new Message.Reporting(again))
            )
        );
        cluster.RunUntil(() => cluster.Of<Effect.Release>(witness).Any(), 6).ShouldBeTrue();
        (cluster.Now - said).ShouldBeInRange(
            TimeSpan.FromMilliseconds(answeredAfterMs),
            TimeSpan.FromMilliseconds(answeredAfterMs + 100)
        );
    }

    // Its beats go on: 10 s after the window of a panic nobody believes the word any more, and two windows and a minute after a reboot.
    [Theory]
    [InlineData(EventKind.Panic, 15)]
    [InlineData(EventKind.KernelReboot, 70)]
    public void Claim_OnALifeThatGoesOn_IsContradictedInItsTime(EventKind kind, int seconds)
    {
        var cluster = Joined();
        var said = cluster.Now;
        var panic = cluster.Panic(Victim, 3, windowMs: 5_000);
        var words = panic.Words with { Id = panic.Id with { Kind = kind } };
        cluster.Give(3, new Input.Raised(panic with { Words = words }, new DeviceRef(0, 1)));
        cluster.Run(1);
        cluster.RunUntil(() => !Incident(cluster).IsOpen, 100).ShouldBeTrue();
        Incident(cluster).Closed.ShouldBe(CloseReason.Contradicted);
        (cluster.Now - said).ShouldBeInRange(TimeSpan.FromSeconds(seconds), TimeSpan.FromSeconds(seconds + 1));
    }
}
