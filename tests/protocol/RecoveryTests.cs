using ClusterRas.Fabric;
using static ClusterRas.Protocol.Tests.GroupTests;
using static ClusterRas.Protocol.Tests.RecoveryStory;

namespace ClusterRas.Protocol.Tests;

/// <summary>A majority of the control group is lost for ever, and an operator has the rest go on (protocol.md 14).</summary>
public class RecoveryTests
{
    [Fact]
    public void Recover_ThreeOfFiveLost_TheRestGoesOnAndAPanicIsAcked()
    {
        var (cluster, lost, left) = ThreeOfFiveLost();
        cluster.Give(left[0], new Input.Raised(cluster.Panic(lost[0], left[0], 99), new DeviceRef(0, 1)));
        cluster.Run(3);
        cluster.Of<Effect.Release>().ShouldBeEmpty("nobody may ack without a majority");

        var chosen = Recover(cluster, left, lost);

        cluster.Master.ShouldBe(chosen);
        cluster.RunUntil(() => cluster.Of<Effect.Release>(left[0]).Any(), 5).ShouldBeTrue("its word still waited");
        PanicIsAcked(cluster, lost[1], left[^1]);
        cluster.RunUntil(() => Group(cluster).Length == 3, 5).ShouldBeTrue("the others are seated as followers are");
        cluster.Run(1);
        foreach (var node in left)
        {
            var status = cluster.Status(node);
            status.Voters.Select(voter => voter.Node.Value).ShouldBe(Group(cluster), ignoreOrder: true);
            var act = status.Book.Audit.Acts.ShouldHaveSingleItem().Payload.ShouldBeOfType<EntryPayload.Recovered>();
            (act.Epoch, act.Warrant).ShouldBe((1, Anna));
            act.Lost.Select(voter => voter.Node.Value).ShouldBe(lost, ignoreOrder: true);
        }
    }

    [Fact]
    public void Recover_LostVoterReturnsWithItsOldDisk_IsRefusedAndThereIsNoSecondMaster()
    {
        var (cluster, lost, left) = ThreeOfFiveLost();
        var chosen = Recover(cluster, left, lost);
        cluster.Run(3);
        var (term, group) = (cluster.Status(chosen).Term, Group(cluster));

        cluster.Boot[lost[0]]++;
        cluster.Start(lost[0]);
        cluster.Run(5);

        Masters(cluster).ShouldBe([chosen]);
        cluster.Status(chosen).Term.ShouldBe(term, "nobody is disturbed");
        Group(cluster).ShouldBe(group);
        Retired(cluster, lost[0]).ShouldHaveSingleItem().Reason.ShouldContain("empty its data folder");
        cluster.Disks[lost[0]].State.HardState.RetiredBy.ShouldBe(1);
        cluster
            .Of<Effect.Note>(chosen)
            .Select(note => note.Fact)
            .OfType<Fact.PeerRefused>()
            .ShouldContain(refused => refused.Reason.Contains("was declared lost by recovery 1"));
        PanicIsAcked(cluster, lost[1], left[0]);

        // With an empty disk it is a follower like any other, and may have a seat again.
        cluster.Stop(lost[0]);
        cluster.Wipe(lost[0]);
        cluster.Boot[lost[0]]++;
        cluster.Start(lost[0]);
        cluster.RunUntil(() => Group(cluster).Length == 5, 10).ShouldBeTrue();
        Group(cluster).ShouldContain(lost[0]);
    }

    [Fact]
    public void Recover_AllLostVotersReturnTogether_TheyLeadNobody()
    {
        var (cluster, lost, left) = ThreeOfFiveLost();
        var chosen = Recover(cluster, left, lost);
        cluster.Run(3);

        Array.ForEach(lost, cluster.Start);
        for (var step = 0; step < 100; step++)
        {
            cluster.Run(0.05);
            Masters(cluster).ShouldBe([chosen]);
        }

        lost.ShouldAllBe(node => Retired(cluster, node).Length == 1);
    }

    [Fact]
    public void Recover_LostMajorityThatLedElsewhere_StandsDownWhenItMeetsARecoveredNode()
    {
        var (cluster, lost, left) = ThreeOfFiveLost();
        var chosen = Recover(cluster, left, lost);
        foreach (var one in lost)
        {
            Array.ForEach(left, other => cluster.Cut(one, other));
        }

        // What the operator swore would not happen: they are back, and by themselves.
        Array.ForEach(lost, cluster.Start);
        cluster.RunUntil(() => Masters(cluster).Length == 2, 5).ShouldBeTrue();
        cluster.Run(10);
        cluster.Heal();
        cluster.RunUntil(() => Masters(cluster).SequenceEqual([chosen]), 2).ShouldBeTrue();
        cluster.Run(5);
        Masters(cluster).ShouldBe([chosen]);
        lost.ShouldAllBe(node => Retired(cluster, node).Length == 1);

        // And never again, also if nobody is there to tell them.
        foreach (var one in lost)
        {
            Array.ForEach(left, other => cluster.Cut(one, other));
            cluster.Stop(one);
        }

        Array.ForEach(lost, cluster.Start);
        cluster.Run(10);
        Masters(cluster).ShouldBe([chosen]);
    }

    [Fact]
    public void Recover_SurvivorThatKnewMoreThanWasKept_IsOutAndSaysSo()
    {
        var (cluster, lost, newest, behind) = OneSurvivorIsBehind();
        cluster.Cut(newest, behind);
        cluster.Run(2);

        // The operator believes that the newer one is gone, too. What only it and the lost ones had is lost.
        Recover(cluster, [behind], [.. lost, newest]).ShouldBe(behind);
        cluster.Run(1);
        cluster.Heal();
        cluster.Run(3);
        Masters(cluster).ShouldBe([behind]);
        Retired(cluster, newest).ShouldHaveSingleItem();
    }

    [Fact]
    public void Recover_FollowerThatKnewMoreThanWasKept_IsOutAndDoesNotEndItsProcess()
    {
        var cluster = Joined(6);
        var master = cluster.Master;
        int[] lost = [master, (master + 1) % 5, (master + 2) % 5];
        int[] behind = [(master + 3) % 5, (master + 4) % 5];
        foreach (var one in behind)
        {
            foreach (var other in cluster.Running.Except(behind))
            {
                cluster.Cut(one, other);
            }
        }

        PanicIsAcked(cluster, behind[0], 5);
        cluster.RunUntil(() => cluster.Status(5).Book.Incidents.Count == 1).ShouldBeTrue();
        Lose(cluster, lost);
        var chosen = Recover(cluster, behind, [.. lost, 5]);
        cluster.Heal();
        cluster.Run(5);
        Retired(cluster, 5).ShouldHaveSingleItem();
        Masters(cluster).ShouldBe([chosen]);
    }

    [Fact]
    public void Recover_FollowerThatWasAwayAndHasNothingMore_JustFollows()
    {
        var cluster = Joined(6);
        var master = cluster.Master;
        int[] lost = [master, (master + 1) % 5, (master + 2) % 5];
        cluster.Stop(5);
        Lose(cluster, lost);
        int[] left = [.. cluster.Running.Order()];
        Recover(cluster, left, [.. lost, 5]);
        cluster.Run(1);
        cluster.Start(5);
        cluster.RunUntil(() => Group(cluster).Contains(5), 10).ShouldBeTrue();
        Retired(cluster, 5).ShouldBeEmpty();
    }

    [Fact]
    public void Recover_AllVotersLost_AFollowerGoesOnWithWhatItWasTold()
    {
        var cluster = Joined(7);
        PanicIsAcked(cluster, 4, 5);
        cluster.Run(1);
        Lose(cluster, 0, 1, 2, 3, 4);
        var chosen = Recover(cluster, [5, 6], [0, 1, 2, 3, 4]);
        cluster.Status(chosen).Book.Incidents.Values.ShouldHaveSingleItem().IsAcked.ShouldBeTrue();
        PanicIsAcked(cluster, 3, 6, 8);
    }

    [Fact]
    public void Recover_ASecondTime_TellsDisksOfBothApart()
    {
        var (cluster, lost, left) = ThreeOfFiveLost();
        var first = Recover(cluster, left, lost);
        cluster.RunUntil(() => Group(cluster).Length == 3, 5).ShouldBeTrue();
        cluster.Run(1);
        int[] lostToo = [.. Group(cluster).Where(node => node != first).Prepend(first).Take(2)];
        Lose(cluster, lostToo);
        int[] rest = [.. cluster.Running.Order()];

        var second = Recover(cluster, rest, [.. lost, .. lostToo], nonce: 32);
        PanicIsAcked(cluster, first, second, 9);
        cluster.Run(2);
        foreach (var node in lost.Concat(lostToo))
        {
            cluster.Start(node);
        }

        cluster.Run(5);
        Masters(cluster).ShouldBe([second]);
        lost.Concat(lostToo).ShouldAllBe(node => Retired(cluster, node).Length == 1);
        cluster.Status(second).Book.Group.Recoveries.Count.ShouldBe(2);
    }

    [Fact]
    public void Recover_TwiceByTwoOperatorsApart_TheHalvesRefuseEachOther()
    {
        var (cluster, lost, left) = ThreeOfFiveLost(5);
        cluster.Cut(left[0], left[1]);
        cluster.Run(2);
        Recover(cluster, [left[0]], [.. lost, left[1]]);
        Recover(cluster, [left[1]], [.. lost, left[0]], nonce: 32);
        cluster.Heal();
        cluster.Run(5);
        cluster
            .Of<Effect.Note>()
            .Select(note => note.Fact)
            .OfType<Fact.PeerRefused>()
            .ShouldContain(refused => refused.Reason.StartsWith("another recovery 1"));
        cluster.Running.ShouldAllBe(node => cluster.Status(node).Voters.Count == 1);
    }
}
