using ClusterRas.Fabric;
using static ClusterRas.Protocol.Tests.GroupTests;

namespace ClusterRas.Protocol.Tests;

/// <summary>The smallest groups (protocol.md 5 and 6), and elections around a change.</summary>
public class GroupOfTwoTests
{
    private const double HealedWithin = 5;

    /// <summary>One seeded voter, who seats the other.</summary>
    private static MiniCluster Two()
    {
        var cluster = Joined(2, 1);
        Becomes(cluster, 0, 1).ShouldBeTrue();
        cluster.Run(0.5);
        return cluster;
    }

    [Fact]
    public void Two_OtherDiesWithWords_MasterStaysRemovesItAndAcks()
    {
        var cluster = Two();
        var master = cluster.Master;
        var term = cluster.Status(master).Term;
        Dies(cluster, 1 - master);
        cluster.Run(0.9);
        cluster.Of<Effect.Release>().ShouldBeEmpty("only the removal can commit it");
        cluster.Status(master).IsReady.ShouldBeTrue();
        Becomes(cluster, master).ShouldBeTrue();
        cluster.RunUntil(() => cluster.Of<Effect.Release>(master).Any(), 1).ShouldBeTrue();
        cluster.Status(master).Term.ShouldBe(term);
    }

    [Fact]
    public void Two_OtherIsSilentWithoutWords_MasterSteps()
    {
        var cluster = Two();
        var master = cluster.Master;
        cluster.Stop(1 - master);
        cluster.Run(5);
        HasMaster(cluster).ShouldBeFalse();
        cluster.Status(master).Voters.Count.ShouldBe(2);
    }

    [Fact]
    public void Two_MasterDiesWithWords_NothingIsAcked()
    {
        var cluster = Two();
        Dies(cluster, cluster.Master);
        cluster.Run(5);
        HasMaster(cluster).ShouldBeFalse();
        cluster.Of<Effect.Release>().ShouldBeEmpty();
    }

    [Fact]
    public void Two_MasterStopsThroughUserSpace_TheOtherGoesOnAlone()
    {
        var cluster = Two();
        var master = cluster.Master;
        var words = new Words(
            ReportId.ForNonce(new NodeId(master), cluster.LifeOf(master).Boot, ReportDoor.Said, EventKind.PowerOff, 77),
            null,
            null,
            new NodeId(master),
            cluster.LifeOf(master).Boot,
            0,
            Waiter.Ours,
            5000,
            null
        );
        cluster.Give(
            master,
            new Input.Raised(new Report(words, cluster.Now, cluster.Now + TimeSpan.FromSeconds(5)), null)
        );
        cluster.RunUntil(() => cluster.Status(1 - master).IsReady, 3).ShouldBeTrue();
        cluster.Stop(master);
        Becomes(cluster, 1 - master).ShouldBeTrue();
    }

    [Fact]
    public void Removed_ThatKeepsCampaigning_DisturbsNobody()
    {
        var cluster = Joined();
        var victim = cluster.Running.First(node => node != cluster.Master);
        var witness = cluster.Running.First(node => node != victim);
        foreach (var other in cluster.Running.Where(node => node != victim))
        {
            cluster.Cut(victim, other);
        }

        cluster.Give(witness, new Input.Raised(cluster.Panic(victim, witness), new DeviceRef(0, 1)));
        int[] left = [.. Enumerable.Range(0, 5).Where(node => node != victim)];
        cluster
            .RunUntil(
                () =>
                    left.Where(node => cluster.Status(node).IsReady)
                        .All(node => cluster.Status(node).Voters.Count == 4),
                HealedWithin
            )
            .ShouldBeTrue();
        cluster.Run(5);
        var master = left.Single(node => cluster.Status(node).IsReady);
        var term = cluster.Status(master).Term;
        cluster.Status(victim).Voters.Count.ShouldBe(5, "it does not know that it was removed");
        cluster.Heal();
        cluster.Run(5);
        cluster.Master.ShouldBe(master);
        cluster.Status(master).Term.ShouldBe(term);
        cluster.Status(victim).Voters.Count.ShouldBe(4);
    }

    [Fact]
    public void Vote_BecauseOfLastWords_CarriesTheWordsToo()
    {
        var cluster = Joined();
        var old = cluster.Master;
        Dies(cluster, old);
        cluster.RunUntil(() => HasMaster(cluster), 2).ShouldBeTrue();
        var asked = cluster
            .Of<Effect.Send>(cluster.Master)
            .Select(send => send.Frame.Message)
            .OfType<Message.RequestVote>()
            .Where(vote => vote.Term == cluster.Status(cluster.Master).Term)
            .ToArray();
        asked.ShouldNotBeEmpty();
        asked.ShouldAllBe(vote => vote.Because != null && !vote.Transfer);
    }
}
