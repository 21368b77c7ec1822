using ClusterRas.Fabric;

namespace ClusterRas.Protocol.Tests;

/// <summary>What random lives once found, as the shortest story that shows it.</summary>
public class FoundBySeedsTests
{
    private static MiniCluster Joined(int nodes = 5, int control = 3)
    {
        var cluster = new MiniCluster(nodes, control);
        cluster
            .RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == nodes))
            .ShouldBeTrue();
        return cluster;
    }

    private static void Declare(MiniCluster cluster, HandlerDeclaration handler, int at)
    {
        cluster.Give(at, new Input.HandlersPresent([handler.Name]));
        cluster.Give(at, new Input.Asked(1, new EntryPayload.HandlerDeclared(handler)));
        cluster.RunUntil(() => cluster.Of<Effect.Granted>(at).Any()).ShouldBeTrue();
        cluster.Run(0.1);
    }

    [Fact]
    public void HandlerStart_RepeatedOnAnotherRoad_StartsOnce()
    {
        var cluster = Joined();
        Declare(
            cluster,
            new HandlerDeclaration("drain", [EventKind.Panic], TimeSpan.FromSeconds(5), true, false, false),
            4
        );
        cluster.Give(1, new Input.Raised(cluster.Panic(3, 1), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.StartHandler>(4).Any()).ShouldBeTrue();
        var sent = cluster
            .Of<Effect.Send>(cluster.Master)
            .First(send => send.Frame.Message is Message.HandlerStart && send.Link.Peer == new NodeId(4));
        var from = new LinkId(new NodeId(cluster.Master), new Die(1), TransportKind.Grpc);
        cluster.Give(4, new Input.Arrived(from, sent.Frame with { Sequence = 0 }));
        cluster.Run(0.2);
        cluster.Of<Effect.StartHandler>(4).Count().ShouldBe(1);
    }

    [Fact]
    public void HandlerStart_MeantForAnEarlierProcess_StartsNothing()
    {
        var cluster = Joined();
        Declare(
            cluster,
            new HandlerDeclaration("drain", [EventKind.Panic], TimeSpan.FromSeconds(5), true, false, false),
            4
        );
        cluster.Give(1, new Input.Raised(cluster.Panic(3, 1), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.StartHandler>(4).Any()).ShouldBeTrue();
        var sent = cluster
            .Of<Effect.Send>(cluster.Master)
            .First(send => send.Frame.Message is Message.HandlerStart && send.Link.Peer == new NodeId(4));
        cluster.Stop(4);
        cluster.Boot[4]++;
        cluster.Start(4);
        cluster.Run(1);
        var from = new LinkId(new NodeId(cluster.Master), new Die(0), TransportKind.Grpc);
        cluster.Give(4, new Input.Arrived(from, sent.Frame with { Sequence = 0 }));
        cluster.Run(0.2);
        cluster.Of<Effect.StartHandler>(4).Count().ShouldBe(1);
    }

    [Fact]
    public void Memory_MasterDiesBeforeItsHandlerAnswers_WordIsDeliveredAllTheSame()
    {
        var cluster = Joined(5, 5);
        var old = cluster.Master;
        var witness = (old + 1) % 5;
        Declare(
            cluster,
            new HandlerDeclaration("drain", [EventKind.OutOfMemory], TimeSpan.FromSeconds(60), true, false, false),
            witness
        );
        var words = cluster.Panic(witness, witness).Words with { Waiter = Waiter.Nobody, WindowMs = null };
        words = words with { Id = words.Id with { Kind = EventKind.OutOfMemory } };
        cluster.Give(witness, new Input.Raised(new Report(words, cluster.Now, null), null));
        cluster.RunUntil(() => cluster.Of<Effect.StartHandler>(witness).Any()).ShouldBeTrue();
        cluster.Stop(old);
        cluster.RunUntil(() => cluster.Of<Effect.Delivered>(witness).Any(), 5).ShouldBeTrue();
        cluster.RunUntil(() => cluster.Status(witness).Outbox == 0).ShouldBeTrue();
    }

    [Fact]
    public void Panic_ToldOnlyAfterItsVictimIsBack_OpensClosed()
    {
        var cluster = Joined();
        var said = cluster.Panic(4, 1);
        cluster.Stop(4);
        cluster.Boot[4]++;
        cluster.Start(4);
        cluster.RunUntil(() => cluster.Status(0).Book.Lives[new NodeId(4)].Current == cluster.LifeOf(4)).ShouldBeTrue();
        cluster.Give(1, new Input.Raised(said, new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Status(0).Book.Incidents.Count == 1).ShouldBeTrue();
        cluster.Status(0).Book.Incidents.Values.Single().Closed.ShouldBe(CloseReason.Rebooted);
    }

    [Fact]
    public void Panic_UntaggedWithAShorterWindow_FoldsByTheClaimsOwn()
    {
        var cluster = Joined();
        cluster.Give(1, new Input.Raised(cluster.Panic(4, 1, windowMs: 10_100, tag: 0), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(1).Any()).ShouldBeTrue();
        cluster.Run(5.8);
        cluster.Give(3, new Input.Raised(cluster.Panic(4, 3, windowMs: 2000, tag: 0), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(3).Any()).ShouldBeTrue();
        cluster.Status(3).Book.Incidents.Count.ShouldBe(1);
    }

    [Fact]
    public void Copies_OfBothRailsAtOnce_AreAckedOnce()
    {
        var cluster = Joined();
        var raised = new Input.Raised(cluster.Panic(4, 1), new DeviceRef(0, 1));
        cluster.Give(1, raised);
        cluster.RunUntil(() => cluster.Of<Effect.Release>(1).Any()).ShouldBeTrue();
        cluster.Run(5);

        // The second comes before anybody has told that the first is acked: the kernel may have left it behind.
        cluster.Give(1, raised);
        cluster.Give(1, raised);
        cluster.Run(1);
        cluster.Of<Effect.Release>(1).Count().ShouldBe(2);
    }

    [Fact]
    public void Copy_LeftBehindInTheKernel_IsNotAckedByARestartedReporter()
    {
        var cluster = Joined();
        var said = cluster.Panic(4, 1);
        cluster.Give(1, new Input.Raised(said, new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(1).Any()).ShouldBeTrue();
        cluster.Run(0.2);
        cluster.Stop(1);
        cluster.Start(1);
        cluster.Run(0.5);
        var before = cluster.Of<Effect.Release>(1).Count();
        cluster.Give(1, new Input.Raised(said, new DeviceRef(0, 1)));
        cluster.Run(2);
        cluster.Of<Effect.Release>(1).Count().ShouldBe(before);

        // A kernel that does wait shows it again.
        cluster.Give(1, new Input.Raised(said, new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(1).Count() == before + 1, 2).ShouldBeTrue();
    }

    [Theory]
    [InlineData(6, 1)]
    [InlineData(0, 2)]
    public void Reboot_UntaggedAndHeldByTheNetworkBeyondThePanicsWindow_IsOneIncident(int heldSeconds, int incidents)
    {
        var cluster = Joined();
        var old = cluster.Master;
        var witness = (old + 1) % 5;
        var from = new LinkId(new NodeId(witness), new Die(0), TransportKind.Grpc);
        cluster.Give(witness, new Input.Raised(cluster.Panic(4, witness, windowMs: 3000, tag: 0), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Status(old).Book.Incidents.Count == 1).ShouldBeTrue();

        // The quickest frame of the connection tells what a held one was held for.
        var beat = new Frame(0, 0, 0, new Message.LinkAck());
        cluster.Give(old, new Input.Arrived(from, beat with { SentAt = new Instant(5_000_000_000) }));
        cluster.Run(7);
        var words = cluster.Panic(4, witness, 8, tag: 0).Words;
        words = words with { Id = words.Id with { Kind = EventKind.KernelReboot } };
        var held = TimeSpan.FromSeconds(heldSeconds);
        var sentAt = new Instant(5_000_000_000) + TimeSpan.FromSeconds(7) - held;
        var said = new Report(words, cluster.Now, cluster.Now + TimeSpan.FromSeconds(30));
        var frame = new Frame(0, 0, 0, new Message.Reporting(said)) { SentAt = sentAt };
        cluster.Give(old, new Input.Arrived(from, frame));
        cluster.Run(1);
        cluster.Status(old).Book.Incidents.Values.Count(incident => incident.Kind.IsFatal()).ShouldBe(incidents);
    }

    [Fact]
    public void Panic_UntaggedAndKeptThroughRebootsOfBothWitnesses_IsOneIncident()
    {
        var cluster = Joined();
        cluster.Stop(0);
        cluster.Stop(1);
        cluster.Stop(2);
        cluster.Give(3, new Input.Raised(cluster.Panic(4, 3, windowMs: 6000, tag: 0), new DeviceRef(0, 1)));
        cluster.Give(4, new Input.Raised(cluster.Panic(4, 4, windowMs: 6000, tag: 0), new DeviceRef(0, 1)));
        foreach (var witness in new[] { 3, 4 })
        {
            cluster.Run(10);
            cluster.Stop(witness);
            cluster.Boot[witness]++;
            cluster.Start(witness);
        }

        foreach (var voter in new[] { 0, 1, 2 })
        {
            cluster.Start(voter);
        }

        cluster
            .RunUntil(() => cluster.Status(0).Book.Incidents.Values.Sum(one => one.Reports.Count) == 2)
            .ShouldBeTrue();
        cluster.Status(0).Book.Incidents.Values.Count(one => one.Kind == EventKind.Panic).ShouldBe(1);
    }

    [Fact]
    public void Panic_UntaggedAndKeptThroughAReboot_GoesToTheClaimOnTheLifeBefore()
    {
        var cluster = Joined();
        cluster.Give(1, new Input.Raised(cluster.Panic(4, 1, windowMs: 6000, tag: 0), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Status(0).Book.Incidents.Count == 1).ShouldBeTrue();
        for (var other = 0; other < 3; other++)
        {
            cluster.Cut(3, other);
        }

        cluster.Cut(3, 4);
        cluster.Give(3, new Input.Raised(cluster.Panic(4, 3, windowMs: 6000, tag: 0), new DeviceRef(0, 1)));
        cluster.Run(0.5);
        cluster.Stop(4);
        cluster.Boot[4]++;
        cluster.Start(4);
        cluster.RunUntil(() => cluster.Status(0).Book.Lives[new NodeId(4)].Current == cluster.LifeOf(4)).ShouldBeTrue();
        cluster.Stop(3);
        cluster.Boot[3]++;
        cluster.Heal();
        cluster.Start(3);
        cluster
            .RunUntil(() => cluster.Status(0).Book.Incidents.Values.Sum(one => one.Reports.Count) == 2)
            .ShouldBeTrue();
        cluster.Status(0).Book.Incidents.Values.Count(one => one.Kind == EventKind.Panic).ShouldBe(1);
    }

    [Fact]
    public void Release_WitnessDiesBeforeItIsInTheLog_EndsAllTheSame()
    {
        var cluster = Joined();
        cluster.Give(3, new Input.Raised(cluster.Panic(4, 3), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(3).Any()).ShouldBeTrue();
        cluster.Stop(3);
        cluster.Run(1);
        cluster.Status(0).Book.Incidents.Values.Single().Releases.ShouldBeEmpty();
        cluster.Start(3);
        cluster.RunUntil(() => cluster.Disks[3].State.Outbox.Count == 0).ShouldBeTrue();
        cluster
            .Status(3)
            .Book.Incidents.Values.Single()
            .Releases.ShouldHaveSingleItem()
            .Outcome.ShouldBe(ReleaseOutcome.Overtaken);
    }

    [Fact]
    public void Release_WitnessDiesBeforeItKnowsThatItIsInTheLog_EndsOnce()
    {
        var cluster = Joined();
        cluster.Give(3, new Input.Raised(cluster.Panic(4, 3), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(3).Any()).ShouldBeTrue();
        cluster.RunUntil(() => cluster.Status(0).Book.Incidents.Values.Single().IsAcked).ShouldBeTrue();
        cluster.Disks[3].State.Outbox.Count.ShouldBe(1);
        cluster.Stop(3);
        cluster.Start(3);
        cluster.RunUntil(() => cluster.Disks[3].State.Outbox.Count == 0).ShouldBeTrue();
        cluster.Run(2);
        cluster.Status(3).Book.Incidents.Values.Single().Releases.Count.ShouldBe(1);
    }

    [Fact]
    public void Word_OfAWitnessThatRebootedWhileItsConnectionSeemedOpen_IsAsOldAsItSays()
    {
        var cluster = Joined();
        var old = cluster.Master;
        var witness = (old + 1) % 5;
        var from = new LinkId(new NodeId(witness), new Die(0), TransportKind.Grpc);
        var ack = new Frame(0, 0, 0, new Message.LinkAck());
        cluster.Give(old, new Input.Arrived(from, ack with { SentAt = new Instant(5_000_000_000_000) }));

        // Its power is cut, so nobody closes; what comes next is of its next boot, whose clock is younger.
        cluster.Freeze(witness);
        cluster.Run(7);
        var again = Hello(cluster, witness) with
        {
            Life = new Life(new BootId(77), 8),
            Nonce = 77,
            Answers = Hello(cluster, old).Nonce,
        };
        var words = new Message.Reporting(cluster.Panic(4, witness, tag: 0));
        cluster.Give(old, new Input.Arrived(from, ack with { Message = again, SentAt = new Instant(5_000_000_000) }));
        cluster.Give(old, new Input.Arrived(from, ack with { Message = words, SentAt = new Instant(5_001_000_000) }));
        cluster
            .RunUntil(() => cluster.Status(old).Book.Incidents.Values.Any(one => one.Kind == EventKind.Panic))
            .ShouldBeTrue();
        var incident = cluster.Status(old).Book.Incidents.Values.Single(one => one.Kind == EventKind.Panic);
        incident.Reports[0].AgeMs.ShouldBeLessThan(1_000);
    }

    [Fact]
    public void Word_WithoutAWindowSaidAgain_IsAnsweredAgain()
    {
        var cluster = Joined();
        var words = cluster.Panic(3, 3).Words with { Waiter = Waiter.Nobody, WindowMs = null };
        words = words with { Id = words.Id with { Kind = EventKind.MemoryFault } };
        cluster.Give(3, new Input.Raised(new Report(words, cluster.Now, null), null));
        cluster.RunUntil(() => cluster.Of<Effect.Delivered>(3).Any()).ShouldBeTrue();
        cluster.Give(3, new Input.Raised(new Report(words, cluster.Now, null), null));
        cluster.RunUntil(() => cluster.Of<Effect.Delivered>(3).Count() == 2, 1).ShouldBeTrue();
        cluster.Of<Effect.Delivered>(3).ShouldAllBe(delivered => !delivered.IsLate && delivered.Incident != null);
    }

    [Fact]
    public void Outbox_OfAnEarlierBoot_IsOlderThanEverythingOfThisOne()
    {
        var cluster = Joined();
        cluster.Stop(0);
        cluster.Stop(1);
        cluster.Stop(2);
        cluster.Give(3, new Input.Raised(cluster.Panic(4, 3, tag: 0), new DeviceRef(0, 1)));
        cluster.Run(0.5);
        cluster.Stop(3);
        cluster.Boot[3]++;
        foreach (var node in new[] { 0, 1, 2, 3 })
        {
            cluster.Start(node);
        }

        cluster.RunUntil(() => cluster.Of<Effect.Delivered>(3).Any(), 10).ShouldBeTrue();
        cluster
            .RunUntil(() => cluster.Status(3).Book.Incidents.Values.Any(one => one.Reports.Count > 0))
            .ShouldBeTrue();
        var evidence = cluster.Status(3).Book.Incidents.Values.SelectMany(incident => incident.Reports).Single();
        evidence.AgeMs.ShouldBeGreaterThan(500_000);
    }

    private static Message.Hello Hello(MiniCluster cluster, int node) =>
        cluster.Of<Effect.Send>(node).Select(send => send.Frame.Message).OfType<Message.Hello>().Last();

    // Simulated lives of 5 nodes, seeds 504 and 843: two voters of one rank stood at once, again and again.
    [Fact]
    public void ToldMaster_WhoseVotersWereNamedByMistake_IsFollowedInOneElection()
    {
        var cluster = Joined(5, 5);
        var master = cluster.Master;
        var others = cluster.Running.Where(node => node != master).ToArray();
        foreach (var named in others)
        {
            // Healthy, and named all the same: each is on the way out by some word.
            cluster.Give(master, new Input.Raised(cluster.Panic(named, master, (ulong)(20 + named)), null));
        }

        cluster.RunUntil(() => cluster.Status(others[0]).Book.Incidents.Count == 4, 5).ShouldBeTrue();
        cluster.Run(0.2);
        var term = cluster.Status(others[0]).Term;
        foreach (var witness in others)
        {
            cluster.Give(witness, new Input.Raised(cluster.Panic(master, witness, 9), new DeviceRef(0, 1)));
        }

        cluster.Stop(master);

        cluster.RunUntil(() => cluster.Running.Any(node => cluster.Status(node).IsReady), 5).ShouldBeTrue();
        cluster.Status(cluster.Master).Term.Value.ShouldBe(term.Value + 1);
    }

    // Found by a simulated life (5 nodes, seed 253246115270): each had the first rank, and they split the votes seven times.
    [Fact]
    public void ToldMaster_WhoseFirstTwoSuccessorsDoNotHearEachOther_IsFollowedAtTheSecondTry()
    {
        var cluster = Joined(5, 5);
        var master = cluster.Master;
        var others = cluster.Running.Where(node => node != master).ToArray();
        var term = cluster.Status(master).Term;
        cluster.Cut(others[0], others[1]);
        // Each of the two others is nearer to one of them.
        cluster.Distance[(others[0], others[3])] = TimeSpan.FromMilliseconds(1);
        cluster.Distance[(others[1], others[2])] = TimeSpan.FromMilliseconds(1);
        cluster.Run(5);
        cluster.Master.ShouldBe(master);

        foreach (var witness in others)
        {
            cluster.Give(witness, new Input.Raised(cluster.Panic(master, witness, 9), new DeviceRef(0, 1)));
        }

        cluster.Stop(master);

        cluster.RunUntil(() => cluster.Running.Any(node => cluster.Status(node).IsReady), 5).ShouldBeTrue();
        cluster.Status(cluster.Master).Term.Value.ShouldBeLessThanOrEqualTo(term.Value + 2);
    }

    [Fact]
    public void CandidateBecauseOfLastWords_WhoseVotesAreLost_StandsAgainBeforeTheElectionTimeout()
    {
        var cluster = Joined(3, 3);
        var master = cluster.Master;
        var others = cluster.Running.Where(node => node != master).ToArray();
        var (term, lost) = (cluster.Status(master).Term, 0);
        cluster.Rewrite = (_, message) =>
        {
            // The first votes of the new term say no, as where two have stood at once.
            if (message is Message.RequestVoteReply { Granted: true } reply && reply.Term.Value == term.Value + 1)
            {
                lost++;
                return reply with { Granted = false };
            }

            return message;
        };
        foreach (var witness in others)
        {
            cluster.Give(witness, new Input.Raised(cluster.Panic(master, witness, 9), new DeviceRef(0, 1)));
        }

        cluster.Stop(master);
        cluster.RunUntil(() => lost > 0, 5).ShouldBeTrue();
        cluster.RunUntil(() => cluster.Running.Any(node => cluster.Status(node).IsReady), 0.35).ShouldBeTrue();
    }

    [Fact]
    public void WordOnNobody_ReadByAMasterThatSleptThroughItsEnd_IsNotAnsweredByItsOldMap()
    {
        var cluster = Joined();
        var old = cluster.Master;
        cluster.Freeze(old);
        var report = cluster.Panic(9, 4, tag: 9);
        cluster.Give(4, new Input.Raised(report, new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(4).Any()).ShouldBeTrue();
        Answers().ShouldAllBe(answer => answer.Verdict == Verdict.UnknownVictim && answer.Report == report.Id);
        cluster.Thaw(old);
        cluster.Run(1);
        cluster.Status(old).IsReady.ShouldBeFalse();
        Answers(old).ShouldBeEmpty();

        IEnumerable<Message.Answering> Answers(int? node = null) =>
            cluster.Of<Effect.Send>(node).Select(send => send.Frame.Message).OfType<Message.Answering>();
    }
}
