using ClusterRas.Fabric;

namespace ClusterRas.Protocol.Tests;

/// <summary>H1 to H5: what handlers do to an answer.</summary>
public class HandlerTests
{
    private static (MiniCluster Cluster, int Witness) With(bool present, params HandlerDeclaration[] handlers)
    {
        var cluster = new MiniCluster(5, 3);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 5)).ShouldBeTrue();
        ulong nonce = 1;
        foreach (var handler in handlers)
        {
            cluster.Give(3, new Input.Asked(nonce++, new EntryPayload.HandlerDeclared(handler)));
        }

        if (present)
        {
            cluster.Give(3, new Input.HandlersPresent([.. handlers.Select(handler => handler.Name)]));
        }

        cluster.RunUntil(() => cluster.Status(4).Book.Handlers.Count == handlers.Length).ShouldBeTrue();
        cluster.Run(0.1);
        return (cluster, cluster.Running.First(node => node != cluster.Master && node < 3));
    }

    private static HandlerDeclaration Required(string name = "drain", bool idempotent = false, int deadlineMs = 3000) =>
        new(name, [EventKind.Panic], TimeSpan.FromMilliseconds(deadlineMs), true, idempotent, false);

    private static void Answer(MiniCluster cluster, HandlerOutcome outcome, ulong result = 0)
    {
        cluster.RunUntil(() => cluster.Of<Effect.StartHandler>(3).Any()).ShouldBeTrue();
        var call = cluster.Of<Effect.StartHandler>(3).Last().Call;
        cluster.Give(3, new Input.HandlerAnswered(call.Incident, new HandlerResult(call.Handler, outcome, result, "")));
    }

    [Theory]
    [InlineData(HandlerOutcome.Done, Verdict.Handled)]
    [InlineData(HandlerOutcome.Failed, Verdict.Failed)]
    public void Required_Answers_TheAckSaysSo(HandlerOutcome outcome, Verdict verdict)
    {
        var (cluster, witness) = With(true, Required());
        cluster.Give(witness, new Input.Raised(cluster.Panic(4, witness), new DeviceRef(0, 1)));
        cluster.Run(1);
        cluster.Of<Effect.Release>(witness).ShouldBeEmpty();
        Answer(cluster, outcome);
        cluster.RunUntil(() => cluster.Of<Effect.Release>(witness).Any()).ShouldBeTrue();
        cluster.Of<Effect.Release>(witness).Single().Verdict.ShouldBe(verdict);
        cluster.Of<Effect.StartHandler>().Count().ShouldBe(1);
    }

    [Fact]
    public void Required_Absent_FailsAfterASecond()
    {
        var (cluster, witness) = With(false, Required());
        var said = cluster.Now;
        cluster.Give(witness, new Input.Raised(cluster.Panic(4, witness), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(witness).Any()).ShouldBeTrue();
        cluster.Of<Effect.Release>(witness).Single().Verdict.ShouldBe(Verdict.Failed);
        (cluster.Now - said).ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1.2));
        cluster.RunUntil(() => cluster.Status(witness).Book.Incidents.Values.Single().IsAnswered).ShouldBeTrue();
        cluster.Status(witness).Book.Incidents.Values.Single().Results.Single().Outcome.ShouldBe(HandlerOutcome.Absent);
    }

    [Fact]
    public void Required_NeverAnswers_TheAckLeavesAtAckBy()
    {
        var (cluster, witness) = With(true, Required(deadlineMs: 60_000));
        cluster.Give(witness, new Input.Raised(cluster.Panic(4, witness, windowMs: 5000), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(witness).Any()).ShouldBeTrue();
        cluster.Of<Effect.Note>(witness).Select(note => note.Fact).OfType<Fact.WindowEnded>().ShouldBeEmpty();

        // A stock kernel looks once a second: 1,500 ms before the end, the handler having had all the time until then.
        cluster
            .RunUntil(() => cluster.Status(witness).Book.Incidents.Values.Single().Releases.Count == 1)
            .ShouldBeTrue();
        cluster.Status(witness).Book.Incidents.Values.Single().Releases[0].LeftMs!.Value.ShouldBeInRange(1400, 1500);
    }

    // Its node's timer ends with the window: "it has timed out" comes at the very instant at which the ack must leave.
    [Fact]
    public void Required_TimedOutAtTheAnswersInstant_IsRecordedAsIfItHadNotBeenHeard()
    {
        var alone = new MiniCluster(1, 1);
        alone.RunUntil(() => alone.Running.Any(node => alone.Status(node).IsReady)).ShouldBeTrue();
        var handler = Required(deadlineMs: 60_000);
        alone.Give(0, new Input.Asked(1, new EntryPayload.HandlerDeclared(handler)));
        alone.Give(0, new Input.HandlersPresent([handler.Name]));
        alone.RunUntil(() => alone.Status(0).Book.Handlers.Count == 1).ShouldBeTrue();
        alone.Give(0, new Input.Raised(alone.Panic(0, 0, windowMs: 3000), new DeviceRef(0, 1)));
        alone.RunUntil(() => alone.Of<Effect.StartHandler>().Any()).ShouldBeTrue();
        var call = alone.Of<Effect.StartHandler>().Single().Call;
        alone.Run(call.Deadline.TotalSeconds - 0.001);
        var late = new HandlerResult(handler.Name, HandlerOutcome.TimedOut, 0, "no answer by its deadline");
        alone.Give(0, new Input.HandlerAnswered(call.Incident, late));
        alone.RunUntil(() => alone.Of<Effect.Release>().Any()).ShouldBeTrue();
        alone.Of<Effect.Release>().Single().Verdict.ShouldBe(Verdict.Recorded);
        alone.Run(0.1);
        alone.Status(0).Book.Incidents.Values.Single().Verdict.ShouldBe(Verdict.Failed);
    }

    [Fact]
    public void NotIdempotent_MasterDies_IsUnknownAndNotStartedAgain()
    {
        var (cluster, _) = With(true, Required());
        var old = cluster.Master;
        var witness = cluster.Running.First(node => node != old && node < 3);
        cluster.Give(witness, new Input.Raised(cluster.Panic(4, witness), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.StartHandler>(3).Any()).ShouldBeTrue();
        cluster.Stop(old);
        cluster.RunUntil(() => cluster.Of<Effect.Release>(witness).Any(), 5).ShouldBeTrue();
        cluster.Of<Effect.Release>(witness).Single().Verdict.ShouldBe(Verdict.Failed);
        cluster.Of<Effect.StartHandler>().Count().ShouldBe(1);
    }

    [Fact]
    public void Idempotent_MasterDies_IsStartedAgainWithTheSameKey()
    {
        var (cluster, _) = With(true, Required(idempotent: true));
        var old = cluster.Master;
        var witness = cluster.Running.First(node => node != old && node < 3);
        cluster.Give(witness, new Input.Raised(cluster.Panic(4, witness), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.StartHandler>(3).Any()).ShouldBeTrue();
        cluster.Stop(old);
        cluster.RunUntil(() => cluster.Of<Effect.StartHandler>(3).Count() == 2, 5).ShouldBeTrue();
        cluster.Of<Effect.StartHandler>(3).Select(start => start.Call.Incident).Distinct().Count().ShouldBe(1);
        Answer(cluster, HandlerOutcome.Done);
        cluster.RunUntil(() => cluster.Of<Effect.Release>(witness).Any()).ShouldBeTrue();
        cluster.Of<Effect.Release>(witness).Single().Verdict.ShouldBe(Verdict.Handled);
    }

    [Fact]
    public void PowerOff_AnyNonZero_Vetoes()
    {
        var (cluster, witness) = With(
            true,
            new HandlerDeclaration("guard", [EventKind.PowerOff], TimeSpan.FromSeconds(3), true, false, false)
        );
        var words = cluster.Panic(witness, witness).Words with { Waiter = Waiter.StockLocal };
        words = words with { Id = words.Id with { Kind = EventKind.PowerOff } };
        cluster.Give(
            witness,
            new Input.Raised(
                new Report(words, cluster.Now, cluster.Now + TimeSpan.FromSeconds(35)),
                new DeviceRef(0, 1)
            )
        );
        Answer(cluster, HandlerOutcome.Done, result: 3);
        cluster.RunUntil(() => cluster.Of<Effect.Release>(witness).Any()).ShouldBeTrue();
        cluster.Of<Effect.Release>(witness).Single().Result.ShouldBe(3UL);
        cluster
            .RunUntil(() => cluster.Status(witness).Book.Incidents.Values.Single().Closed == CloseReason.Noted)
            .ShouldBeTrue();
    }

    // The master's own node has the handler: nothing travels, and it is preferred to all others that have it too.
    [Fact]
    public void Required_AtTheMastersOwnNode_IsStartedThere()
    {
        var (cluster, witness) = With(true, Required());
        var master = cluster.Master;
        cluster.Give(master, new Input.HandlersPresent(["drain"]));
        cluster.Run(0.1);
        cluster.Give(witness, new Input.Raised(cluster.Panic(4, witness), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.StartHandler>().Any(), 0.5).ShouldBeTrue();
        var call = cluster.Of<Effect.StartHandler>(master).ShouldHaveSingleItem().Call;
        cluster.Give(
            master,
            new Input.HandlerAnswered(call.Incident, new HandlerResult(call.Handler, HandlerOutcome.Done, 0, ""))
        );
        cluster.RunUntil(() => cluster.Of<Effect.Release>(witness).Any(), 0.5).ShouldBeTrue();
        cluster.Of<Effect.Release>(witness).Single().Verdict.ShouldBe(Verdict.Handled);
    }

    [Fact]
    public void ThatNeedsSilence_VictimFallsSilentWithinItsDeadline_IsStartedThen()
    {
        var (cluster, witness) = With(true, Fence(deadlineMs: 6000));
        cluster.Give(witness, new Input.Raised(cluster.Panic(4, witness), new DeviceRef(0, 1)));
        cluster.Run(3);
        cluster.Of<Effect.StartHandler>().ShouldBeEmpty();
        cluster.Stop(4);
        cluster.RunUntil(() => cluster.Of<Effect.StartHandler>(3).Any(), 2).ShouldBeTrue();
        cluster.Status(cluster.Master).Book.Incidents.Values.Single().FellSilent.ShouldBeTrue();
    }

    [Fact]
    public void ThatNeedsSilence_VictimStaysHeard_IsTimedOutAtItsDeadline()
    {
        var (cluster, witness) = With(true, Fence(deadlineMs: 6000));
        var said = cluster.Now;
        cluster.Give(witness, new Input.Raised(cluster.Panic(4, witness), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(witness).Any()).ShouldBeTrue();
        (cluster.Now - said).ShouldBeInRange(TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(6.2));
        cluster.Of<Effect.StartHandler>().ShouldBeEmpty();
        cluster.Of<Effect.Release>(witness).Single().Verdict.ShouldBe(Verdict.Failed);
    }

    private static HandlerDeclaration Fence(int deadlineMs) =>
        Required("fence", deadlineMs: deadlineMs) with
        {
            NeedsSilence = true,
        };

    [Fact]
    public void Declaration_SaidAnew_ReplacesTheOldOneAndAppendsNothingIfItIsTheSame()
    {
        var (cluster, _) = With(true, Required());
        cluster.Give(3, new Input.Asked(21, new EntryPayload.HandlerDeclared(Required(deadlineMs: 4000))));
        cluster.RunUntil(() => cluster.Of<Effect.Granted>(3).Any(granted => granted.Nonce == 21), 1).ShouldBeTrue();
        cluster.Run(0.5);
        cluster.Status(4).Book.Handlers["drain"].Handler.Deadline.ShouldBe(TimeSpan.FromSeconds(4));

        // From a node that does not know it yet: the master alone can tell that it is nothing new.
        var last = cluster.Status(cluster.Master).LastIndex;
        var again = new EntryPayload.HandlerDeclared(Required(deadlineMs: 4000));
        cluster.Give(
            cluster.Master,
            new Input.Arrived(
                new LinkId(new NodeId(3), new Die(0), TransportKind.Grpc),
                new Frame(0, 0, 0, new Message.Asking(22, again))
            )
        );
        cluster.Run(0.5);
        cluster.Status(cluster.Master).LastIndex.ShouldBe(last);
    }
}
