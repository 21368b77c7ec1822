using ClusterRas.Fabric;
using static ClusterRas.Protocol.Tests.GroupTests;
using static ClusterRas.Protocol.Tests.RecoveryStory;

namespace ClusterRas.Protocol.Tests;

/// <summary>What a recovery leaves in logs, snapshots and terms, also through a crash.</summary>
public class RecoveryLogTests
{
    [Fact]
    public void Recover_CrashBeforeItsWrite_NeverWasAndCanBeOrderedAgain()
    {
        var (cluster, lost, left) = ThreeOfFiveLost();
        var plan = Plan(cluster, left, lost);
        var said = Said(cluster, left);
        var chosen = plan.Chosen.Node.Value;
        cluster.Stall(chosen);
        Order(cluster, chosen, said, lost, plan.Confirmation);
        cluster.Run(1);
        Answer(cluster).ShouldBeNull("it is not on any disk");
        cluster
            .Running.Where(node => node != chosen)
            .ShouldAllBe(node => cluster.Status(node).Book.Group.Recoveries.Count == 0);
        cluster.Stop(chosen);
        cluster.Start(chosen);
        cluster.Run(4);
        HasMaster(cluster).ShouldBeFalse();
        Plan(cluster, left, lost).Confirmation.ShouldBe(plan.Confirmation, "no log has moved");
        Recover(cluster, left, lost, nonce: 32);
        PanicIsAcked(cluster, lost[0], left[0]);
    }

    [Fact]
    public void Recover_CrashRightAfterItsWrite_IsDoneWhenItIsBack()
    {
        var (cluster, lost, left) = ThreeOfFiveLost();
        var plan = Plan(cluster, left, lost);
        var chosen = plan.Chosen.Node.Value;
        cluster.Stall(chosen);
        Order(cluster, chosen, Said(cluster, left), lost, plan.Confirmation);
        cluster.Run(0.5);

        // The disk has it; the process never hears so.
        cluster.Unstall(chosen);
        cluster.Stop(chosen);
        Answer(cluster).ShouldBeNull();
        cluster.Start(chosen);
        cluster.RunUntil(() => Masters(cluster).SequenceEqual([chosen]), 3).ShouldBeTrue();
        PanicIsAcked(cluster, lost[0], left[0]);
        Problems(cluster, left, lost).ShouldNotBeEmpty("there is a master");
    }

    [Fact]
    public void Recovery_OfALogThatWasCompacted_IsStillKnown()
    {
        var cluster = new MiniCluster(5, 3, options: new ProtocolOptions { LogEntriesMax = 20 });
        cluster.RunUntil(() => HasMaster(cluster)).ShouldBeTrue();
        cluster.RunUntil(() => Group(cluster).Length == 5, 5).ShouldBeTrue();
        cluster.Run(1);
        var master = cluster.Master;
        int[] lost = [master, (master + 1) % 5, (master + 2) % 5];
        Lose(cluster, lost);
        int[] left = [.. cluster.Running.Order()];
        var chosen = Recover(cluster, left, lost);
        for (var word = 0; word < 30; word++)
        {
            PanicIsAcked(cluster, lost[0], chosen, (ulong)(200 + word));
        }

        cluster.Disks[chosen].State.Snapshot!.LastIndex.Value.ShouldBeGreaterThan(20);
        var other = left.Single(node => node != chosen);
        cluster.Stop(other);
        cluster.Wipe(other);
        cluster.Boot[other]++;
        cluster.Start(other);
        cluster.Start(lost[1]);
        cluster.Run(5);
        cluster.Status(other).Book.Group.Recoveries.Count.ShouldBe(1);
        Retired(cluster, lost[1]).ShouldHaveSingleItem();
    }

    [Fact]
    public void Recovery_KnownToAFollowerThatIsFilledByASnapshot_PutsItOutNot()
    {
        var cluster = new MiniCluster(5, 5, options: new ProtocolOptions { LogEntriesMax = 20 });
        cluster.RunUntil(() => HasMaster(cluster)).ShouldBeTrue();
        cluster.Run(1);
        int[] lost = [cluster.Master, (cluster.Master + 1) % 5, (cluster.Master + 2) % 5];
        Lose(cluster, lost);
        int[] left = [.. cluster.Running.Order()];
        var chosen = Recover(cluster, left, lost);
        cluster.Run(2);
        var other = left.Single(node => node != chosen);
        cluster.Stall(other);
        cluster.Give(chosen, new Input.Raised(cluster.Panic(other, chosen, 500), new DeviceRef(0, 1)));
        cluster.Stop(other);
        cluster.RunUntil(() => Group(cluster).Length == 1, 5).ShouldBeTrue();
        for (var word = 0; word < 40; word++)
        {
            PanicIsAcked(cluster, lost[0], chosen, (ulong)(600 + word));
        }

        cluster.Start(other);
        cluster.Run(5);
        cluster.Of<Effect.Restored>(other).ShouldNotBeEmpty();
        Retired(cluster, other).ShouldBeEmpty();
    }

    [Fact]
    public void B3_SeededVotersAllWipedBesideAFollowerWithTheCluster_FoundNoOther()
    {
        var cluster = Joined(4, 3);
        int[] seeded = [0, 1, 2];
        Lose(cluster, seeded);
        var known = cluster.Status(3).Cluster;
        foreach (var node in seeded)
        {
            cluster.Wipe(node);
            cluster.Boot[node]++;
        }

        Array.ForEach(seeded, cluster.Start);
        cluster.Run(5);
        cluster.Of<Effect.Note>().Count(note => note.Fact is Fact.ClusterFounded).ShouldBe(1, "the first one");
        cluster.Running.ShouldAllBe(node => cluster.Status(node).Cluster == known);
        Recover(cluster, [0, 1, 2, 3], []).ShouldBe(3);
        cluster.RunUntil(() => Group(cluster).Length >= 3, 10).ShouldBeTrue();
    }

    [Fact]
    public void B3_MapWithOneControlNode_IsFoundedOnceMoreThanHalfOfItIsThere()
    {
        var cluster = new MiniCluster(4, control: 1);
        cluster.Stop(2);
        cluster.Stop(3);
        cluster.Run(7);
        cluster.Status(0).Cluster.IsNone.ShouldBeTrue();
        Waits(0).ShouldBe(["2 of 4 nodes are heard, and more than half must be"]);
        Waits(1).ShouldBe(Waits(0));
        cluster.Start(3);
        cluster.RunUntil(() => cluster.Status(0).IsReady, 3).ShouldBeTrue();
        cluster.Status(0).Voters.ShouldHaveSingleItem().Node.ShouldBe(new NodeId(0));
        cluster.Run(7);
        Waits(0).Length.ShouldBe(1);

        string[] Waits(int node) =>
            [
                .. cluster
                    .Of<Effect.Note>(node)
                    .Select(note => note.Fact)
                    .OfType<Fact.FirstStartWaits>()
                    .Select(waits => waits.Reason),
            ];
    }

    [Fact]
    public void Recover_LostMajorityHadAMasterOfWhomNobodyLeftHasHeard_ItsTermIsNotUsedAgain()
    {
        var cluster = Joined(3, 3);
        var alone = Enumerable.Range(0, 3).First(node => node != cluster.Master);
        int[] lost = [.. Enumerable.Range(0, 3).Where(node => node != alone)];
        Array.ForEach(lost, node => cluster.Cut(alone, node));
        var old = cluster.Master;
        cluster.Give(old, new Input.Asked(41, new EntryPayload.HandoverAsked(null, new Warrant("anna", "", 0))));
        cluster.RunUntil(() => lost.Any(node => node != old && cluster.Status(node).IsReady), 3).ShouldBeTrue();
        var term = cluster.Status(lost.Single(node => node != old)).Term;
        Lose(cluster, lost);
        cluster.Heal();
        cluster.Status(alone).Term.CompareTo(term).ShouldBeLessThan(0);
        Recover(cluster, [alone], lost);
        cluster.Status(alone).Term.CompareTo(term).ShouldBeGreaterThan(0);
    }
}
