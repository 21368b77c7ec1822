using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator;
using ClusterRas.Simulator.Moments;
using static ClusterRas.Simulation.Tests.Trace;

namespace ClusterRas.Simulation.Tests;

/// <summary>The phases of a cluster, told from made-up sightings.</summary>
public sealed class PhaseTests
{
    private static readonly Words OfC = WordsOf(B, C);

    [Fact]
    public void Phase_NothingSeen_IsFounding() => new Trace().PhaseNow().ShouldBe(Phase.Founding);

    [Fact]
    public void Phase_MasterAndNothingElse_IsSteady() => Led().PhaseNow().ShouldBe(Phase.Steady);

    [Fact]
    public void Phase_VoteRequestOfALaterTerm_IsElecting() =>
        Led().Send(B, C, VoteOf(2)).PhaseNow().ShouldBe(Phase.Electing);

    [Fact]
    public void Phase_SomebodyLeadsInThatTerm_IsSteadyAgain() =>
        Led().Send(B, C, VoteOf(2)).Send(B, C, Beat(2)).PhaseNow().ShouldBe(Phase.Steady);

    [Fact]
    public void Phase_WordCaughtAtAFollower_IsOnItsWay() => Led().Raise(OfC).PhaseNow().ShouldBe(Phase.WordOnItsWay);

    [Fact]
    public void Phase_WordArrivedAtTheMaster_IsReceivedNotCommitted() =>
        Arrived().PhaseNow().ShouldBe(Phase.ReceivedNotCommitted);

    [Fact]
    public void Phase_MasterThatHadTheWordIsGone_IsOnItsWayAgain() =>
        Arrived().Send(C, B, Beat(2)).PhaseNow().ShouldBe(Phase.WordOnItsWay);

    [Fact]
    public void Phase_WordCommitted_IsNotAcked() =>
        Arrived().Agree(Entry(2, Opened(OfC, C))).PhaseNow().ShouldBe(Phase.CommittedNotAcked);

    [Fact]
    public void Phase_WordReleased_IsSteady() =>
        Arrived().Agree(Entry(2, Opened(OfC, C))).Release(OfC, 2).PhaseNow().ShouldBe(Phase.Steady);

    [Fact]
    public void Phase_WindowNearlyOver_IsEnding() =>
        Led().Raise(OfC).After(10).PhaseNow().ShouldBe(Phase.WordOnItsWay | Phase.WindowEnding);

    [Fact]
    public void Phase_HandlerStarted_Runs() => Led().Do(A, Starting()).PhaseNow().ShouldBe(Phase.HandlersRun);

    [Fact]
    public void Phase_HandlerAnswered_RunsNoMore() =>
        Led()
            .Do(A, Starting())
            .Take(
                A,
                new Input.HandlerAnswered(
                    new IncidentId(new LogIndex(2)),
                    new HandlerResult("fence", HandlerOutcome.Done, 0, "")
                )
            )
            .PhaseNow()
            .ShouldBe(Phase.Steady);

    [Fact]
    public void Phase_NodeStarts_IsRejoiningUntilItFollows() =>
        Led().Start(C, tag: 8).PhaseNow().ShouldBe(Phase.Rejoining);

    [Fact]
    public void Phase_NodeFollows_IsSteady() =>
        Led()
            .Start(C, tag: 8)
            .Send(C, A, new Message.AppendEntriesReply(new Term(1), DiskOf(C), true, new LogIndex(1), 1))
            .PhaseNow()
            .ShouldBe(Phase.Steady);

    [Fact]
    public void Phase_CommittedEntryGoesToWhoLacksIt_IsCatchUp()
    {
        var late = Entry(2, new EntryPayload.NoOp());
        Led()
            .Store(A, late)
            .Store(B, late)
            .Commit(A, late)
            .Send(A, C, Beat(1) with { Entries = [late] })
            .PhaseNow()
            .ShouldBe(Phase.CatchUp);
    }

    private static Trace Led() => Founded().Send(A, B, Beat(1)).Follow();

    private static Trace Arrived() =>
        Led()
            .Raise(OfC)
            .Take(
                A,
                new Input.Arrived(
                    new LinkId(B, new Die(0), TransportKind.Grpc),
                    new Frame(1, 0, 0, new Message.Reporting(new Report(OfC, default, null)))
                )
            );

    private static Message.RequestVote VoteOf(long term) =>
        new(new Term(term), DiskOf(B), new LogIndex(1), new Term(1), null, false);

    private static Message.AppendEntries Beat(long term) =>
        new(new Term(term), DiskOf(A), new LogIndex(1), new Term(1), new LogIndex(1), 1, []);

    private static Effect.StartHandler Starting() =>
        new(
            new HandlerCall(
                new IncidentId(new LogIndex(2)),
                "fence",
                C,
                EventKind.Panic,
                OfC,
                TimeSpan.FromSeconds(1),
                new Term(1)
            ),
            new Decision(new Term(1), default)
        );
}
