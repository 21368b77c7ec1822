using ClusterRas.Fabric;

namespace ClusterRas.Protocol.Tests;

/// <summary>Who is suspected, who is asked, what refutes it, and what the log keeps of it (protocol.md 10).</summary>
public class DetectionTests
{
    [Theory]
    [InlineData("default", 1_300)]
    [InlineData("fast", 350)]
    [InlineData("calm", 5_500)]
    public void Death_WithoutAWord_IsKnownToAllWithinTheProfilesTime(string profile, int withinMs)
    {
        var cluster = Settled(5, TimingProfile.Find(profile)!);
        var victim = Other(cluster, 2);
        cluster.Stop(victim);
        var died = cluster.Now;

        cluster
            .RunUntil(() => cluster.Running.All(node => SilenceOf(cluster, node, victim) is not null), 20)
            .ShouldBeTrue();
        (cluster.Now - died).ShouldBeLessThan(TimeSpan.FromMilliseconds(withinMs));
        (cluster.Now - died).ShouldBeGreaterThan(cluster.Options.SuspectAfter);
    }

    [Fact]
    public void Death_WithoutAWord_LeavesInTheLogWhoHeardItLast()
    {
        var cluster = Settled(5);
        var (master, victim) = (cluster.Master, Other(cluster, 2));
        cluster.Stop(victim);
        cluster.RunUntil(() => SilenceOf(cluster, master, victim)?.Silence is not null).ShouldBeTrue();

        var silence = SilenceOf(cluster, master, victim)!.Silence!;
        silence.Sights.Select(sight => sight.By).Distinct().Count().ShouldBe(4);
        silence.Sights.Count.ShouldBe(8);
        silence.Sights.ShouldNotContain(sight => sight.By == new NodeId(victim));
        silence.Asked.Count.ShouldBe(3);
        silence.Asked.ShouldNotContain(new NodeId(victim));
        var last = silence.Last.ShouldNotBeNull();
        last.AgoMs.ShouldNotBeNull().ShouldBeGreaterThan((long)cluster.Options.SilentAfter.TotalMilliseconds);
        silence.Sights.ShouldAllBe(sight => sight.AgoMs >= last.AgoMs);
    }

    // Nobody but the master misses it, and the others' beats say so: it is never even asked whether it lives in vain.
    [Fact]
    public void Suspect_WhomOneWayIsCut_AnswersThroughAPeer()
    {
        var cluster = Settled(5);
        var (master, suspect) = (cluster.Master, Other(cluster, 2));
        cluster.CutOneWay(suspect, master);
        cluster.Run(10);

        SilenceOf(cluster, master, suspect).ShouldBeNull();
        var refuted = cluster
            .Of<Effect.Note>(master)
            .Select(note => note.Fact)
            .OfType<Fact.SuspicionRefuted>()
            .ToArray();
        refuted.ShouldContain(fact => fact.Node == new NodeId(suspect) && fact.Through != null);
        cluster.Master.ShouldBe(master);
    }

    // Its beats are lost everywhere, and what it says through others is not: only its own answer can refute the suspicion.
    [Fact]
    public void Suspect_WhoseBeatsAllAreLost_RefutesByItsAnswer()
    {
        var cluster = Settled(5);
        var (master, suspect) = (cluster.Master, Other(cluster, 2));
        cluster.Rewrite = (from, message) =>
            from == suspect && message is Message.Heartbeat ? new Message.Refused("lost") : message;
        cluster.Run(10);
        SilenceOf(cluster, master, suspect).ShouldBeNull();

        // Without answers it would have been called silent.
        cluster.Rewrite = (from, message) => from == suspect ? new Message.Refused("lost") : message;
        cluster.RunUntil(() => SilenceOf(cluster, master, suspect) is not null, 5).ShouldBeTrue();
    }

    [Fact]
    public void Answer_ToAnOlderQuestion_RefutesNothing()
    {
        var cluster = Settled(5);
        var (master, suspect) = (cluster.Master, Other(cluster, 2));
        cluster.Rewrite = (from, message) =>
            from != suspect ? message
            : message is Message.LifeReply reply ? reply with { Number = reply.Number + 1_000 }
            : message is Message.Relayed { Inner: Message.LifeReply } relayed
                ? relayed with
                {
                    Inner = new Message.LifeReply(0, cluster.LifeOf(suspect)),
                }
            : new Message.Refused("lost");
        foreach (var peer in cluster.Running.Where(peer => peer != suspect))
        {
            cluster.CutOneWay(suspect, peer);
        }

        cluster.RunUntil(() => SilenceOf(cluster, master, suspect) is not null, 5).ShouldBeTrue();
    }

    [Fact]
    public void Rail_ThatIsDead_MakesNobodySilent()
    {
        var cluster = Settled(5);
        var (master, node) = (cluster.Master, Other(cluster, 2));
        foreach (var peer in cluster.Running.Where(peer => peer != node))
        {
            cluster.CutRail(node, peer, 0);
        }

        cluster.Run(10);

        cluster.Status(master).Book.Incidents.ShouldBeEmpty();
        cluster.Status(master).Health[node].ShouldBe(NodeHealth.Degraded);
        Suspicions(cluster, node).ShouldBe(0);
    }

    [Fact]
    public void Observer_ThatWasPaused_ChargesNobodyForIt()
    {
        var cluster = Settled(5);
        var master = cluster.Master;
        cluster.Freeze(master);
        cluster.Run(0.45);
        cluster.Thaw(master);
        cluster.Run(5);

        cluster.Running.ShouldAllBe(node => cluster.Status(node).Book.Incidents.Count == 0);
        cluster.Of<Effect.Note>(master).Count(note => note.Fact is Fact.NodeSuspected).ShouldBe(0);
    }

    // What peers send waits in the queue of a busy process: its heartbeats to itself wait there, too.
    [Fact]
    public void Observer_WhoseQueueIsSlow_ChargesNobodyForIt()
    {
        var cluster = Settled(5);
        var (master, victim) = (cluster.Master, Other(cluster, 2));
        cluster.SelfDelay = TimeSpan.FromMilliseconds(200);
        cluster.Run(3);
        cluster.Stop(victim);
        var died = cluster.Now;
        cluster.RunUntil(() => SilenceOf(cluster, master, victim) is not null, 20).ShouldBeTrue();

        // Of each heartbeat's time it has run for a third only.
        (cluster.Now - died).ShouldBeGreaterThan(cluster.Options.SilentAfter * 2);
    }

    [Fact]
    public void Observer_WhoseOwnBeatsDoNotComeBack_CallsNobodySilent()
    {
        var cluster = Settled(5);
        var (master, victim) = (cluster.Master, Other(cluster, 2));
        cluster.SelfDelay = TimeSpan.FromSeconds(3_600);
        cluster.Run(1);
        cluster.Stop(victim);
        cluster.Run(5);

        cluster.Master.ShouldBe(master);
        SilenceOf(cluster, master, victim).ShouldBeNull();
    }

    [Fact]
    public void Words_AfterASilence_BecomeOneWithIt()
    {
        var cluster = Settled(5);
        var (master, victim) = (cluster.Master, Other(cluster, 2));
        cluster.Stop(victim);
        cluster.RunUntil(() => SilenceOf(cluster, master, victim)?.Silence is not null).ShouldBeTrue();
        var silent = SilenceOf(cluster, master, victim)!;

        cluster.Give(master, new Input.Raised(cluster.Panic(victim, master), new DeviceRef(1, 1)));
        cluster.Run(2);

        var one = cluster.Status(master).Book.Incidents.Values.ShouldHaveSingleItem();
        one.Id.ShouldBe(silent.Id);
        one.Kind.ShouldBe(EventKind.Panic);
        one.Reports.Count.ShouldBe(1);
        one.Silence.ShouldBe(silent.Silence);
    }

    [Fact]
    public void Death_ThatWasTold_IsNotSilentTwice()
    {
        var cluster = Settled(5);
        var (master, victim) = (cluster.Master, Other(cluster, 2));
        cluster.Give(master, new Input.Raised(cluster.Panic(victim, master), new DeviceRef(1, 1)));
        cluster.Stop(victim);
        cluster.Run(5);

        var one = cluster.Status(master).Book.Incidents.Values.ShouldHaveSingleItem();
        one.Kind.ShouldBe(EventKind.Panic);
        one.FellSilent.ShouldBeTrue();
        one.Silence.ShouldNotBeNull().Sights.ShouldNotBeEmpty();
    }

    [Fact]
    public void Silence_OfALifeThatIsHeardAgain_IsRefutedAndCanComeBack()
    {
        var cluster = Settled(5);
        var (master, node) = (cluster.Master, Other(cluster, 2));
        cluster.Freeze(node);
        cluster.RunUntil(() => SilenceOf(cluster, master, node) is not null, 5).ShouldBeTrue();
        cluster.Thaw(node);
        cluster.RunUntil(() => SilenceOf(cluster, master, node)?.Closed == CloseReason.HeardAgain, 5).ShouldBeTrue();

        cluster.Freeze(node);
        cluster
            .RunUntil(
                () => cluster.Status(master).Book.Incidents.Values.Count(one => one.Kind == EventKind.Silent) == 2,
                5
            )
            .ShouldBeTrue();
    }

    // The master alone does not hear it: its own answer through a peer is a frame of that life.
    [Fact]
    public void Silence_OfALifeThatOnlyOthersHearAgain_IsRefuted()
    {
        var cluster = Settled(5);
        var (master, node) = (cluster.Master, Other(cluster, 2));
        cluster.Freeze(node);
        cluster.RunUntil(() => SilenceOf(cluster, master, node) is not null, 5).ShouldBeTrue();
        cluster.Cut(master, node);
        cluster.Thaw(node);

        cluster.RunUntil(() => SilenceOf(cluster, master, node)?.Closed == CloseReason.HeardAgain, 10).ShouldBeTrue();
    }

    [Fact]
    public void Link_ThatLosesBeats_SaysSo()
    {
        var cluster = Settled(3);
        var (master, node) = (cluster.Master, Other(cluster, 1));
        var drawn = new Prng(1);
        cluster.Rewrite = (from, message) =>
            from == node && message is Message.Heartbeat && drawn.Below(3) == 0 ? new Message.Refused("lost") : message;
        cluster.Run(20);

        var links = cluster.Status(master).Links.Where(link => link.Link.Peer == new NodeId(node)).ToArray();
        links.Sum(link => link.LossPermille).ShouldBeGreaterThan(100);
        links.ShouldAllBe(link => link.RoundTrip != null && link.Jitter != null);
        cluster
            .Status(master)
            .Links.Where(link => link.Link.Peer != new NodeId(node))
            .ShouldAllBe(link => link.LossPermille == 0);
    }

    private static MiniCluster Settled(int nodes, TimingProfile? profile = null)
    {
        var options = TunedProtocol.Of((profile ?? TimingProfile.Default).Tuning);
        var cluster = new MiniCluster(nodes, Math.Min(nodes, 3), options: options);
        cluster
            .RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == nodes), 60)
            .ShouldBeTrue();
        cluster.Run(options.SilentAfter.TotalSeconds * 3);
        return cluster;
    }

    private static int Other(MiniCluster cluster, int steps) => (cluster.Master + steps) % cluster.Machines.Count;

    private static Incident? SilenceOf(MiniCluster cluster, int at, int victim) =>
        cluster
            .Status(at)
            .Book.Incidents.Values.FirstOrDefault(one =>
                one.Victim == new NodeId(victim) && (one.Kind == EventKind.Silent || one.FellSilent)
            );

    private static int Suspicions(MiniCluster cluster, int node) =>
        cluster
            .Of<Effect.Note>()
            .Count(note => note.Fact is Fact.NodeSuspected suspected && suspected.Node == new NodeId(node));
}
