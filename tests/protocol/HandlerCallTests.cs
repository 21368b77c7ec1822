using ClusterRas.Fabric;

namespace ClusterRas.Protocol.Tests;

/// <summary>Where a handler is called, how long it has, and which of its answers counts (H1 to H5).</summary>
public class HandlerCallTests
{
    private const int Victim = 4;

    private static HandlerDeclaration Drain { get; } =
        new("drain", [EventKind.Panic], TimeSpan.FromSeconds(20), true, false, false);

    private static MiniCluster With(params HandlerDeclaration[] handlers)
    {
        var cluster = new MiniCluster(5, 3);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 5)).ShouldBeTrue();
        var nonce = 1ul;
        foreach (var handler in handlers)
        {
            cluster.Give(3, new Input.Asked(nonce++, new EntryPayload.HandlerDeclared(handler)));
        }

        cluster.Give(3, new Input.HandlersPresent([.. handlers.Select(handler => handler.Name)]));
        cluster.RunUntil(() => cluster.Status(4).Book.Handlers.Count == handlers.Length).ShouldBeTrue();
        cluster.Run(1);
        return cluster;
    }

    private static int Witness(MiniCluster cluster) =>
        cluster.Running.First(node => node != cluster.Master && node < 3);

    private static void Panics(MiniCluster cluster, long windowMs = 35_000)
    {
        var witness = Witness(cluster);
        cluster.Give(
            witness,
            new Input.Raised(cluster.Panic(Victim, witness, windowMs: windowMs), new DeviceRef(0, 1))
        );
    }

    private static void Answers(MiniCluster cluster, IncidentId incident, string handler) =>
        cluster.Give(3, new Input.HandlerAnswered(incident, new HandlerResult(handler, HandlerOutcome.Done, 0, "")));

    private static Effect.StartHandler Started(MiniCluster cluster)
    {
        cluster.RunUntil(() => cluster.Of<Effect.StartHandler>().Any(), 1).ShouldBeTrue();
        return cluster.Of<Effect.StartHandler>().ShouldHaveSingleItem();
    }

    private static Incident Incident(MiniCluster cluster) =>
        cluster.Status(cluster.Master).Book.Incidents.Values.Single();

    // A stock kernel is answered 1.5 s before its end; and where that is over, the work is wanted all the same.
    [Theory]
    [InlineData(35_000, 20_000)]
    [InlineData(5_000, 3_500)]
    [InlineData(1_000, 20_000)]
    public void Call_HasUntilItsDeadlineOrTheAnswersInstant(long windowMs, long hasMs)
    {
        var cluster = With(Drain);
        Panics(cluster, windowMs);
        Started(cluster)
            .Call.Deadline.ShouldBeInRange(TimeSpan.FromMilliseconds(hasMs - 20), TimeSpan.FromMilliseconds(hasMs));
    }

    [Fact]
    public void Call_WhereTheHandlersNodeIsGone_IsAbsent()
    {
        var cluster = With(Drain);
        cluster.Stop(3);
        cluster.Run(8);
        Panics(cluster);
        cluster.RunUntil(() => Incidents().Any(incident => incident.IsAnswered), 3).ShouldBeTrue();
        Incidents().Single().Results.Single().Outcome.ShouldBe(HandlerOutcome.Absent);

        Incident[] Incidents() =>
            [
                .. cluster
                    .Status(cluster.Master)
                    .Book.Incidents.Values.Where(incident => incident.Victim == new NodeId(Victim)),
            ];
    }

    [Fact]
    public void Call_WhereTheMasterAndALowerNodeHaveTheHandler_StaysHere()
    {
        var cluster = With(Drain);
        var old = cluster.Master;
        cluster.Stop(old);
        cluster.RunUntil(() => cluster.Running.Any(node => cluster.Status(node).IsReady), 3).ShouldBeTrue();
        cluster.Start(old);
        cluster.Run(2);
        var master = cluster.Master;
        master.ShouldBeGreaterThan(0);
        cluster.Give(0, new Input.HandlersPresent([Drain.Name]));
        cluster.Give(master, new Input.HandlersPresent([Drain.Name]));
        cluster.Run(0.1);
        Panics(cluster);
        Started(cluster);
        cluster.Of<Effect.StartHandler>(master).ShouldHaveSingleItem();
    }

    // The runner gave it back, since it was decided before the process was stopped for a while.
    [Fact]
    public void Call_ThatIsGivenBackAsTooOld_IsMadeAgainAtOnce()
    {
        var cluster = With(Drain);
        var master = cluster.Master;
        cluster.Give(master, new Input.HandlersPresent([Drain.Name]));
        cluster.Run(0.1);
        Panics(cluster);
        var first = Started(cluster);
        cluster.Run(0.03);
        cluster.Give(master, new Input.Returned(first));
        cluster.Run(0.002);
        cluster.Of<Effect.StartHandler>(master).Count().ShouldBe(2);
    }

    [Fact]
    public void Answer_OfAHandlerThatWasNotStarted_CountsNot()
    {
        var cluster = With(Drain with { NeedsSilence = true });
        Panics(cluster);
        cluster.Run(1);
        Answers(cluster, Incident(cluster).Id, Drain.Name);
        cluster.Run(1);
        cluster.Of<Effect.StartHandler>().ShouldBeEmpty();
        Incident(cluster).IsAnswered.ShouldBeFalse();
    }

    [Fact]
    public void Answer_OfARequiredHandler_IsWaitedForAndThatOfNoOther()
    {
        var cluster = With(
            Drain,
            Drain with
            {
                Name = "mail",
                Required = false,
            },
            Drain with
            {
                Name = "page",
                Required = false,
            }
        );
        Panics(cluster);
        cluster.RunUntil(() => cluster.Of<Effect.StartHandler>(3).Count() == 3, 1).ShouldBeTrue();
        Answers(cluster, Incident(cluster).Id, "page");
        cluster.Run(0.5);
        Incident(cluster).IsAnswered.ShouldBeFalse();
        Answers(cluster, Incident(cluster).Id, Drain.Name);
        cluster.Run(0.5);
        Incident(cluster).IsAnswered.ShouldBeTrue();
    }

    [Fact]
    public void Answer_OfTheRequiredHandlerWithTheOthersBehindIt_IsInTheLogOnce()
    {
        var cluster = With(Drain, Drain with { Name = "page", Required = false });
        Panics(cluster);
        cluster.RunUntil(() => cluster.Of<Effect.StartHandler>(3).Count() == 2, 1).ShouldBeTrue();
        Answers(cluster, Incident(cluster).Id, Drain.Name);
        Answers(cluster, Incident(cluster).Id, "page");
        cluster.Run(0.5);
        cluster.Disks[cluster.Master].Entries.Count(entry => entry.Payload is EntryPayload.Answered).ShouldBe(1);
    }

    [Fact]
    public void Answer_ThatIsInTheLog_IsAskedForByNoLaterMaster()
    {
        var cluster = With(Drain with { Idempotent = true });
        foreach (var voter in new[] { 0, 1, 2 })
        {
            cluster.Give(voter, new Input.HandlersPresent([Drain.Name]));
        }

        cluster.Run(0.1);
        Panics(cluster);
        var old = cluster.Master;
        var answer = new HandlerResult(Drain.Name, HandlerOutcome.Done, 0, "");
        cluster.Give(old, new Input.HandlerAnswered(Started(cluster).Call.Incident, answer));
        cluster.Run(0.5);
        Incident(cluster).IsAnswered.ShouldBeTrue();
        Incident(cluster).IsOpen.ShouldBeTrue();
        cluster.Stop(old);
        cluster.RunUntil(() => cluster.Running.Any(node => cluster.Status(node).IsReady), 3).ShouldBeTrue();
        cluster.Run(1);
        cluster.Of<Effect.StartHandler>().ShouldHaveSingleItem();
    }
}
