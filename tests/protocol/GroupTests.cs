using ClusterRas.Fabric;

namespace ClusterRas.Protocol.Tests;

/// <summary>The control group follows announced deaths (protocol.md 6): one story per rule.</summary>
public class GroupTests
{
    /// <summary>The rule's aim of 3 s, and 5 s if the master died; the model heals in about 1.3 s.</summary>
    private const double HealedWithin = 5;

    internal static MiniCluster Joined(int nodes = 5, int control = 5)
    {
        var cluster = new MiniCluster(nodes, control);
        cluster
            .RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == nodes))
            .ShouldBeTrue();
        cluster.Run(0.5);
        return cluster;
    }

    internal static int[] Group(MiniCluster cluster) =>
        [.. cluster.Status(cluster.Master).Voters.Select(voter => voter.Node.Value).Order()];

    /// <summary>It panics, one other node is told, and it falls silent.</summary>
    internal static void Dies(MiniCluster cluster, int victim)
    {
        var witness = cluster.Running.First(node => node != victim);
        cluster.Stop(victim);
        cluster.Give(
            witness,
            new Input.Raised(cluster.Panic(victim, witness, msgid: (ulong)(100 + victim)), new DeviceRef(0, 1))
        );
    }

    internal static bool HasMaster(MiniCluster cluster) => cluster.Running.Any(node => cluster.Status(node).IsReady);

    internal static bool Becomes(MiniCluster cluster, params int[] group) =>
        cluster.RunUntil(() => HasMaster(cluster) && Group(cluster).SequenceEqual(group), HealedWithin);

    internal static EntryPayload.GroupChanged[] Changes(MiniCluster cluster, int node) =>
        [.. cluster.Disks[node].Entries.Select(entry => entry.Payload).OfType<EntryPayload.GroupChanged>()];

    [Fact]
    public void G3_ToldAndSilentVoter_IsRemovedAndACaughtUpFollowerSeated()
    {
        var cluster = Joined(7);
        var victim = Enumerable.Range(0, 5).First(node => node != cluster.Master);
        var died = cluster.Now;
        Dies(cluster, victim);
        int[] healed = [.. Enumerable.Range(0, 6).Where(node => node != victim)];
        Becomes(cluster, healed).ShouldBeTrue();
        (cluster.Now - died).ShouldBeLessThan(TimeSpan.FromSeconds(3));
        cluster.Run(1);
        foreach (var node in cluster.Running)
        {
            cluster.Status(node).Voters.Select(voter => voter.Node.Value).Order().ShouldBe(healed);
        }

        var changes = Changes(cluster, cluster.Master);
        changes.Select(change => change.Cause).ShouldBe([GroupCause.Died, GroupCause.Seated]);
        changes[0].Changed.Node.ShouldBe(new NodeId(victim));
        changes[0].Incident.ShouldBe(cluster.Status(cluster.Master).Book.Incidents.Values.Single().Id);
    }

    [Fact]
    public void G3_ToldMaster_IsRemovedByItsSuccessor()
    {
        var cluster = Joined(7);
        var victim = cluster.Master;
        var died = cluster.Now;
        Dies(cluster, victim);
        Becomes(cluster, [.. Enumerable.Range(0, 6).Where(node => node != victim)]).ShouldBeTrue();
        (cluster.Now - died).ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void G3_FalseWordOnALiveVoter_RemovesNobody()
    {
        var cluster = Joined();
        var victim = cluster.Running.First(node => node != cluster.Master);
        var witness = cluster.Running.First(node => node != victim);
        cluster.Give(witness, new Input.Raised(cluster.Panic(victim, witness), new DeviceRef(0, 1)));
        cluster.Run(8);
        Group(cluster).ShouldBe([0, 1, 2, 3, 4]);
        cluster
            .Of<Effect.Note>()
            .Select(note => note.Fact)
            .OfType<Fact.GroupChangeWaits>()
            .ShouldContain(waits => waits.Node == new NodeId(victim) && waits.Reason.Contains("still hears"));
    }

    [Fact]
    public void G3_WordOnOneThatOnlyARelayReaches_RemovesNobody()
    {
        var cluster = Joined();
        var master = cluster.Master;
        var victim = cluster.Running.First(node => node != master);
        foreach (var other in cluster.Running.Where(node => node != victim).Skip(1))
        {
            cluster.Cut(victim, other);
        }

        var relay = cluster.Running.First(node => node != victim);
        if (relay == master)
        {
            cluster.Heal();
            cluster.Cut(victim, master);
        }

        var witness = cluster.Running.First(node => node != victim && node != master);
        cluster.Give(witness, new Input.Raised(cluster.Panic(victim, witness), new DeviceRef(0, 1)));
        cluster.Run(8);
        Group(cluster).ShouldBe([0, 1, 2, 3, 4]);
    }

    [Fact]
    public void G3_SilentWithoutWords_NeverShrinksTheGroup()
    {
        var cluster = Joined(7);
        var master = cluster.Master;
        foreach (var victim in Enumerable.Range(0, 5).Where(node => node != master).Take(2).ToArray())
        {
            cluster.Stop(victim);
            cluster.Run(4);
        }

        Group(cluster).ShouldBe([0, 1, 2, 3, 4]);
        cluster.Stop(Enumerable.Range(0, 5).First(node => node != master && cluster.Running.Contains(node)));
        cluster.Run(10);

        // Three power cuts without words stop it, beside two idle followers.
        HasMaster(cluster).ShouldBeFalse();
    }

    [Fact]
    public void G3_TwoOfFiveAtOnce_AreStillAckedAndThenReplaced()
    {
        var cluster = Joined(7);
        var master = cluster.Master;
        var victims = Enumerable.Range(0, 5).Where(node => node != master).Take(2).ToArray();
        foreach (var victim in victims)
        {
            cluster.Stop(victim);
        }

        foreach (var victim in victims)
        {
            cluster.Give(6, new Input.Raised(cluster.Panic(victim, 6, (ulong)victim), new DeviceRef(0, 1)));
        }

        cluster.RunUntil(() => cluster.Of<Effect.Release>(6).Count() == 2, 2).ShouldBeTrue();
        Becomes(cluster, [.. Enumerable.Range(0, 7).Where(node => !victims.Contains(node))]).ShouldBeTrue();
    }

    [Fact]
    public void G3_ThreeOfFiveAtOnce_NothingIsAckedOrRemoved()
    {
        var cluster = Joined(7);
        var master = cluster.Master;
        var victims = Enumerable.Range(0, 5).Where(node => node != master).Take(3).ToArray();
        foreach (var victim in victims)
        {
            cluster.Stop(victim);
        }

        foreach (var victim in victims)
        {
            cluster.Give(6, new Input.Raised(cluster.Panic(victim, 6, (ulong)victim, 4000), new DeviceRef(0, 1)));
        }

        cluster.Run(10);
        cluster.Of<Effect.Release>().ShouldBeEmpty();
        cluster.Of<Effect.WindowOver>(6).Count().ShouldBe(3);
        cluster.Disks.ShouldAllBe(disk => !disk.Entries.Any(entry => entry.Payload is EntryPayload.GroupChanged));
    }

    [Fact]
    public void G6_ToldDeathsOneAtATime_AreSurvivedDownToTwoAndOne()
    {
        var cluster = Joined();
        foreach (var left in new[] { 4, 3, 2, 1 })
        {
            // In a group of two the master must be the one that stays.
            var victim = cluster.Running.First(node => node != cluster.Master);
            Dies(cluster, victim);
            Becomes(cluster, [.. cluster.Running]).ShouldBeTrue($"with {left} left");
            cluster.Run(0.5);
        }

        var last = cluster.Master;
        cluster.Status(last).Book.Incidents.Values.Count(incident => incident.IsAcked).ShouldBe(4);
    }

    [Fact]
    public void G6_ToldDeathsFromSixteen_KeepFiveSeatsWhileFiveLive()
    {
        var cluster = Joined(16);
        while (cluster.Running.Count() > 2)
        {
            Dies(cluster, cluster.Master);
            var live = cluster.Running.Count();
            cluster
                .RunUntil(
                    () =>
                        HasMaster(cluster)
                        && Group(cluster) is var group
                        && group.All(cluster.Running.Contains)
                        && group.Length >= Math.Min(5, live % 2 == 0 && live > 2 ? live - 1 : live),
                    HealedWithin
                )
                .ShouldBeTrue($"with {live} left");
            cluster.Run(0.3);
        }
    }

    [Fact]
    public void G7_RemovedVoter_ComesBackAsFollowerAndIsSeatedAgain()
    {
        var cluster = Joined();
        var victim = cluster.Running.First(node => node != cluster.Master);
        Dies(cluster, victim);
        Becomes(cluster, [.. Enumerable.Range(0, 5).Where(node => node != victim)]).ShouldBeTrue();
        var term = cluster.Status(cluster.Master).Term;
        cluster.Boot[victim]++;
        cluster.Start(victim);
        Becomes(cluster, 0, 1, 2, 3, 4).ShouldBeTrue();
        cluster.Status(cluster.Master).Term.ShouldBe(term, "a removed node disturbs nobody");
        cluster.RunUntil(() => cluster.Status(victim).Voters.Any(voter => voter.Node.Value == victim)).ShouldBeTrue();
    }

    [Fact]
    public void G7_BackInANewLifeBeforeItsRemoval_IsAVoterAsBefore()
    {
        var cluster = Joined();
        var victim = cluster.Running.First(node => node != cluster.Master);
        Dies(cluster, victim);
        cluster.Run(0.5);
        cluster.Boot[victim]++;
        cluster.Start(victim);
        cluster.Run(5);
        Group(cluster).ShouldBe([0, 1, 2, 3, 4]);
        Changes(cluster, cluster.Master).ShouldBeEmpty();
    }

    [Fact]
    public void G7_PowerCycleOfAll_IsSurvivedByEverySeat()
    {
        var cluster = Joined(3, 3);
        foreach (var node in cluster.Running.ToArray())
        {
            cluster.Stop(node);
        }

        for (var node = 0; node < 3; node++)
        {
            cluster.Boot[node]++;
            cluster.Start(node);
        }

        cluster.RunUntil(() => HasMaster(cluster), 5).ShouldBeTrue();
        Group(cluster).ShouldBe([0, 1, 2]);
    }

    // Its seat was taken: that the map seeds it is no reason for a sixth one.
    [Fact]
    public void G6_SeededNodeThatComesBack_WhenTheGroupIsFull_StaysAFollower()
    {
        var cluster = Joined(7);
        var victim = cluster.Running.First(node => node < 5 && node != cluster.Master);
        Dies(cluster, victim);
        int[] full = [.. Enumerable.Range(0, 6).Where(node => node != victim)];
        Becomes(cluster, full).ShouldBeTrue();
        cluster.Boot[victim]++;
        cluster.Start(victim);
        cluster.Run(5);
        cluster.Status(cluster.Master).Book.Lives[new NodeId(victim)].Current.ShouldBe(cluster.LifeOf(victim));
        Group(cluster).ShouldBe(full);
    }
}
