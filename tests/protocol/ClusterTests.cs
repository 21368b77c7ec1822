using ClusterRas.Fabric;

namespace ClusterRas.Protocol.Tests;

/// <summary>The main job on perfect links: what must happen when nothing else goes wrong.</summary>
public class ClusterTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(16, 5)]
    public void Cluster_FirstStart_FoundsElectsAndJoinsEverybody(int nodes, int control)
    {
        var cluster = new MiniCluster(nodes, control);
        cluster
            .RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == nodes), 5)
            .ShouldBeTrue();
        cluster.Running.Count(node => cluster.Status(node).IsReady).ShouldBe(1);
        cluster.Of<Effect.Note>().Count(note => note.Fact is Fact.ClusterFounded).ShouldBe(1);
    }

    [Fact]
    public void Panic_TwoWitnesses_BothAckedOneIncidentEverywhere()
    {
        var cluster = new MiniCluster(5, 3);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 5)).ShouldBeTrue();
        cluster.Stop(4);
        cluster.Give(1, new Input.Raised(cluster.Panic(4, 1), new DeviceRef(0, 1)));
        cluster.Give(3, new Input.Raised(cluster.Panic(4, 3), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>().Count() == 2, 2).ShouldBeTrue();
        cluster
            .RunUntil(() =>
                cluster.Running.All(node =>
                    cluster.Status(node).Book.Incidents.Values.SingleOrDefault() is { Releases.Count: 2 }
                )
            )
            .ShouldBeTrue();
        var incident = cluster.Status(0).Book.Incidents.Values.Single();
        incident.Victim.ShouldBe(new NodeId(4));
        incident.Kind.ShouldBe(EventKind.Panic);
        incident.Reports.Count.ShouldBe(2);
        incident.IsAcked.ShouldBeTrue();
        cluster.Of<Effect.Alarm>().Count().ShouldBe(1);
    }

    [Fact]
    public void Frames_ThatBroughtAWord_AreCountedByRailAndRelay()
    {
        var cluster = new MiniCluster(5, 3);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 5)).ShouldBeTrue();
        var there = cluster.Master;
        cluster.Stop(4);
        var direct = cluster.Panic(4, 3, msgid: 1);
        cluster.Give(3, new Input.Raised(direct, new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(3).Any(), 2).ShouldBeTrue();
        Counted(direct).ShouldBe([(3, 0, 1), (3, 1, 1)]);
        cluster.Status(3).Frames.ShouldNotContainKey(direct.Id);

        cluster.Cut(3, there);
        cluster.Run(2);
        var relayed = cluster.Panic(4, 3, msgid: 2);
        cluster.Give(3, new Input.Raised(relayed, new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(3).Count() == 2, 5).ShouldBeTrue();
        Counted(relayed).ShouldNotBeEmpty();
        Counted(relayed).ShouldAllBe(one => one.By != 3 && one.Count > 0);

        (int By, int Die, int Count)[] Counted(Report report) =>
            [
                .. cluster
                    .Status(there)
                    .Frames[report.Id]
                    .Select(link => (link.Key.Peer.Value, link.Key.Die.Value, link.Value)),
            ];
    }

    [Fact]
    public void Panic_OfTheMaster_IsAckedByItsSuccessor()
    {
        var cluster = new MiniCluster(5, 5);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 5)).ShouldBeTrue();
        var old = cluster.Master;
        var witnesses = cluster.Running.Where(node => node != old).Take(2).ToArray();
        cluster.Stop(old);
        var died = cluster.Now;
        foreach (var witness in witnesses)
        {
            cluster.Give(witness, new Input.Raised(cluster.Panic(old, witness), new DeviceRef(0, 1)));
        }

        cluster.RunUntil(() => cluster.Of<Effect.Release>().Count() == 2, 3).ShouldBeTrue();
        (cluster.Now - died).ShouldBeLessThan(TimeSpan.FromMilliseconds(500));
        cluster.Status(cluster.Master).Book.Incidents.Values.Single().Victim.ShouldBe(new NodeId(old));
    }

    [Fact]
    public void Panic_WithoutAMajority_IsNeverAckedAndDeliveredLater()
    {
        var cluster = new MiniCluster(5, 5);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 5)).ShouldBeTrue();
        cluster.Stop(0);
        cluster.Stop(1);
        cluster.Stop(2);
        cluster.Give(3, new Input.Raised(cluster.Panic(0, 3, windowMs: 4000), new DeviceRef(0, 1)));
        cluster.Run(6);
        cluster.Of<Effect.Release>().ShouldBeEmpty();
        cluster.Of<Effect.WindowOver>().Count().ShouldBe(1);
        cluster.Boot[1]++;
        cluster.Start(1);
        cluster.RunUntil(() => cluster.Of<Effect.Delivered>().Any(), 15).ShouldBeTrue();
        cluster.Of<Effect.Release>().ShouldBeEmpty();
        cluster
            .RunUntil(() => cluster.Status(4).Book.Incidents.Values.Any(incident => incident.Releases.Count == 1))
            .ShouldBeTrue();
        cluster
            .Status(4)
            .Book.Incidents.Values.Single(incident => incident.Releases.Count == 1)
            .Releases[0]
            .Outcome.ShouldBe(ReleaseOutcome.Late);
    }

    [Fact]
    public void Reboot_AnnouncedThenBack_ClosesItsIncident()
    {
        var cluster = new MiniCluster(3, 3);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 3)).ShouldBeTrue();
        var said = cluster.Panic(2, 0);
        said = said with { Words = said.Words with { Id = said.Id with { Kind = EventKind.KernelReboot } } };
        cluster.Give(0, new Input.Raised(said, new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>().Any()).ShouldBeTrue();
        cluster.Stop(2);
        cluster.Boot[2]++;
        cluster.Run(1);
        cluster.Start(2);
        cluster
            .RunUntil(() =>
                cluster.Status(1).Book.Incidents.Values.Any(incident => incident.Closed == CloseReason.Rebooted)
            )
            .ShouldBeTrue();
        cluster.Status(1).Book.Incidents.Count.ShouldBe(1);
        cluster
            .Of<Effect.Note>(1)
            .Select(note => note.Fact)
            .OfType<Fact.IncidentClosed>()
            .Where(fact => fact.Reason == CloseReason.Rebooted)
            .ShouldHaveSingleItem("it follows from a registration, and is told all the same");
    }

    [Fact]
    public void Silence_WithoutWords_IsDeclaredOnceByTheMaster()
    {
        var cluster = new MiniCluster(5, 3);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 5)).ShouldBeTrue();
        cluster.Stop(4);
        cluster
            .RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Incidents.Count == 1), 3)
            .ShouldBeTrue();
        cluster.Run(5);
        var incident = cluster.Status(0).Book.Incidents.Values.Single();
        incident.Kind.ShouldBe(EventKind.Silent);
        incident.IsTold.ShouldBeFalse();
    }

    [Fact]
    public void Agent_ThatIsKilledOnALiveMachine_IsKnownAsSoonAsItsMachineSaysSo()
    {
        var cluster = new MiniCluster(3, 3);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 3)).ShouldBeTrue();
        cluster.Run(1);
        var killed = cluster.Running.First(node => node != cluster.Master);
        cluster.Status(cluster.Master).Health[killed].ShouldBe(NodeHealth.Up);

        cluster.Stop(killed, LinkLoss.Refused);
        cluster.Run(0.01);

        cluster.Status(cluster.Master).Health[killed].ShouldBe(NodeHealth.AgentDown);
        cluster
            .Of<Effect.Note>(cluster.Master)
            .ShouldContain(note => note.Fact == new Fact.HealthChanged(new NodeId(killed), NodeHealth.AgentDown));
        cluster.Run(5);
        cluster.Status(cluster.Master).Book.Incidents.ShouldBeEmpty();
    }

    [Fact]
    public void Restart_OfAnAgentThatWasAway_IsNoSilence()
    {
        var cluster = new MiniCluster(3, 3);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 3)).ShouldBeTrue();
        var away = cluster.Running.First(node => node != cluster.Master);
        cluster.Stop(away, LinkLoss.Refused);
        cluster.Run(2);
        foreach (var peer in cluster.Running.ToArray())
        {
            // Its socket is open, its hello is not through yet.
            cluster.Give(peer, new Input.LinkOpened(new LinkId(new NodeId(away), new Die(0), TransportKind.Grpc)));
        }

        cluster.Run(2);
        cluster.Status(cluster.Master).Book.Incidents.ShouldBeEmpty();
    }

    [Fact]
    public void Voter_WithoutAMajority_KnowsNoMaster()
    {
        var cluster = new MiniCluster(5, 5);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 5)).ShouldBeTrue();
        var old = cluster.Master;
        var left = cluster.Running.Where(node => node != old).Take(2).ToArray();
        foreach (var node in cluster.Running.Except(left).ToArray())
        {
            cluster.Stop(node);
        }

        cluster.RunUntil(() => left.All(node => cluster.Status(node).Master is null), 5).ShouldBeTrue();
    }
}
