using ClusterRas.Fabric;
using static ClusterRas.Protocol.Tests.GroupTests;

namespace ClusterRas.Protocol.Tests;

/// <summary>A majority of the control group is lost for ever, and an operator has the rest go on (protocol.md 14).</summary>
public class RecoveryTests
{
    private const ulong Nonce = 31;
    private static readonly Warrant Anna = new("anna", "the rack burned", 1_700_000_000_000);

    /// <summary>Five voters and two followers; the master and two more voters are gone for ever.</summary>
    private static (MiniCluster Cluster, int[] Lost, int[] Left) ThreeOfFiveLost(int nodes = 7)
    {
        var cluster = Joined(nodes);
        var master = cluster.Master;
        int[] lost = [master, (master + 1) % 5, (master + 2) % 5];
        Lose(cluster, lost);
        return (cluster, lost, [.. cluster.Running.Order()]);
    }

    private static void Lose(MiniCluster cluster, params int[] lost)
    {
        Array.ForEach(lost, node => cluster.Stop(node));
        cluster.Run(4);
    }

    private static EquatableArray<SurvivorState> Said(MiniCluster cluster, params int[] survivors) =>
        new([.. survivors.Select(node => cluster.Machines[node].Survivor(cluster.Now))]);

    private static EquatableArray<NodeId> Nodes(params int[] nodes) => new([.. nodes.Select(node => new NodeId(node))]);

    private static RecoveryPlan Plan(MiniCluster cluster, int[] survivors, int[] lost)
    {
        var (plan, problems) = RecoveryPlan.Draw(cluster.Topology, Said(cluster, survivors), Nodes(lost));
        problems.ShouldBeEmpty();
        return plan.ShouldNotBeNull();
    }

    private static string[] Problems(MiniCluster cluster, int[] survivors, int[] lost) =>
        [.. RecoveryPlan.Draw(cluster.Topology, Said(cluster, survivors), Nodes(lost)).Problems];

    private static void Order(
        MiniCluster cluster,
        int at,
        EquatableArray<SurvivorState> said,
        int[] lost,
        string confirmation,
        ulong nonce = Nonce
    ) => cluster.Give(at, new Input.RecoveryOrdered(nonce, new RecoveryOrder(said, Nodes(lost), confirmation, Anna)));

    private static string? Answer(MiniCluster cluster, ulong nonce = Nonce) =>
        cluster.Of<Effect.Granted>().FirstOrDefault(granted => granted.Nonce == nonce)?.Refusal;

    /// <summary>Both steps: look, and order what was shown.</summary>
    private static int Recover(MiniCluster cluster, int[] survivors, int[] lost, ulong nonce = Nonce)
    {
        var plan = Plan(cluster, survivors, lost);
        Order(cluster, plan.Chosen.Node.Value, Said(cluster, survivors), lost, plan.Confirmation, nonce);
        cluster.RunUntil(() => Answer(cluster, nonce) is not null, 5).ShouldBeTrue();
        Answer(cluster, nonce).ShouldBe("");
        return plan.Chosen.Node.Value;
    }

    private static void PanicIsAcked(MiniCluster cluster, int victim, int witness, ulong msgid = 7)
    {
        var before = cluster.Of<Effect.Release>(witness).Count();
        cluster.Give(witness, new Input.Raised(cluster.Panic(victim, witness, msgid), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(witness).Count() > before, 5).ShouldBeTrue();
    }

    private static int[] Masters(MiniCluster cluster) =>
        [.. cluster.Running.Where(node => cluster.Status(node).IsReady)];

    private static Fact.Retired[] Retired(MiniCluster cluster, int node) =>
        [.. cluster.Of<Effect.Note>(node).Select(note => note.Fact).OfType<Fact.Retired>()];

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
    public void Recover_WhileAMajorityIsReachable_IsRefused()
    {
        var cluster = Joined();
        var problems = Problems(cluster, [0, 1], [2, 3, 4]);
        problems.Count(problem => problem.Contains("as master: the cluster works")).ShouldBe(2);
        problems.ShouldContain("n00 hears n02 on its links: it is not lost");

        // Two of five lost: whoever is left has a majority, also while nobody leads.
        var master = cluster.Master;
        int[] lost = [master, (master + 1) % 5];
        Array.ForEach(lost, node => cluster.Stop(node));
        int[] left = [.. cluster.Running.Order()];
        cluster.Run(0.2);
        Problems(cluster, left, lost)
            .ShouldContain(problem => problem.StartsWith("a majority of the control group survives ("));
    }

    [Fact]
    public void Recover_OrderedWhileAMajorityIsReachable_IsRefusedByTheNodeItself()
    {
        var (cluster, lost, left) = ThreeOfFiveLost();
        var plan = Plan(cluster, left, lost);
        var said = Said(cluster, left);
        cluster.Start(lost[0]);
        cluster.Run(0.2);
        var chosen = plan.Chosen.Node.Value;

        // The state that was confirmed is still that of its log, but one of the lost is there.
        Order(cluster, chosen, said, lost, plan.Confirmation);
        cluster.RunUntil(() => Answer(cluster) is not null, 1).ShouldBeTrue();
        Answer(cluster)!.ShouldContain($"hears n{lost[0]:00} on its links: it is not lost");
        cluster.RunUntil(() => HasMaster(cluster), 5).ShouldBeTrue();
        cluster.Status(chosen).Book.Group.Recoveries.ShouldBeEmpty();
    }

    [Fact]
    public void Recover_WithAStaleConfirmation_IsRefused()
    {
        var (cluster, lost, left) = ThreeOfFiveLost();
        var plan = Plan(cluster, left, lost);
        var chosen = plan.Chosen.Node.Value;

        // One of the lost was not lost, and the log has grown before it was.
        cluster.Start(lost[0]);
        cluster.RunUntil(() => HasMaster(cluster), 5).ShouldBeTrue();
        cluster.Run(0.5);
        Lose(cluster, lost[0]);

        Order(cluster, chosen, Said(cluster, left), lost, plan.Confirmation);
        cluster.RunUntil(() => Answer(cluster) is not null, 1).ShouldBeTrue();
        Answer(cluster)!.ShouldContain("look again, without a confirmation");
        HasMaster(cluster).ShouldBeFalse();
        Recover(cluster, left, lost, nonce: 32);
    }

    [Fact]
    public void Recover_WithAnotherClustersConfirmation_IsRefused()
    {
        var (cluster, lost, left) = ThreeOfFiveLost();
        var plan = Plan(cluster, left, lost);
        plan.Confirmation.ShouldStartWith("mini-");
        Order(cluster, plan.Chosen.Node.Value, Said(cluster, left), lost, "mini-000000000000");
        cluster.RunUntil(() => Answer(cluster) is not null, 1).ShouldBeTrue();
        Answer(cluster)!.ShouldStartWith("the confirmation is for another state");
    }

    /// <summary>The last entries are on the disks of those who are lost, and of one survivor.</summary>
    private static (MiniCluster Cluster, int[] Lost, int Newest, int Behind) OneSurvivorIsBehind()
    {
        var cluster = Joined();
        var master = cluster.Master;
        int[] lost = [master, (master + 1) % 5, (master + 2) % 5];
        var (newest, behind) = ((master + 3) % 5, (master + 4) % 5);
        foreach (var other in cluster.Running.Where(node => node != behind))
        {
            cluster.Cut(behind, other);
        }

        PanicIsAcked(cluster, behind, newest);
        Lose(cluster, lost);
        cluster.Heal();
        cluster.Run(2);
        return (cluster, lost, newest, behind);
    }

    [Fact]
    public void Recover_OnTheLessUpToDateSurvivor_IsRefused()
    {
        var (cluster, lost, newest, behind) = OneSurvivorIsBehind();
        int[] left = [newest, behind];
        var plan = Plan(cluster, left, lost);
        plan.Chosen.Node.Value.ShouldBe(newest);
        Order(cluster, behind, Said(cluster, left), lost, plan.Confirmation);
        cluster.RunUntil(() => Answer(cluster) is not null, 1).ShouldBeTrue();
        Answer(cluster).ShouldBe($"the log of n{newest:00} is newer: it must go on, not this node");

        // Nor by leaving the newer one away: it is heard.
        Problems(cluster, [behind], lost).ShouldContain(problem => problem.Contains("its log may be the newest"));
        Recover(cluster, left, lost, nonce: 32).ShouldBe(newest);
        var kept = cluster.Status(newest).Book.Incidents.Values.First(incident => incident.Kind == EventKind.Panic).Id;
        cluster.RunUntil(() => cluster.Status(behind).Book.Incidents.ContainsKey(kept), 3).ShouldBeTrue();
        cluster.RunUntil(() => cluster.Status(newest).Book.Incidents[kept].IsAcked, 3).ShouldBeTrue();
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
        var chosen = Recover(cluster, behind, lost);
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
        Recover(cluster, left, lost);
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
    public void Recover_ASecondTime_TellsDisksOfBothApart()
    {
        var (cluster, lost, left) = ThreeOfFiveLost();
        var first = Recover(cluster, left, lost);
        cluster.RunUntil(() => Group(cluster).Length == 3, 5).ShouldBeTrue();
        cluster.Run(1);
        int[] lostToo = [.. Group(cluster).Where(node => node != first).Prepend(first).Take(2)];
        Lose(cluster, lostToo);
        int[] rest = [.. cluster.Running.Order()];

        // The first lost ones have no seat any more, so there is nothing to say of them.
        var second = Recover(cluster, rest, lostToo, nonce: 32);
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

    [Fact]
    public void Plan_WithSeveralMistakes_TellsThemAll()
    {
        var (cluster, lost, left) = ThreeOfFiveLost();
        var problems = Problems(cluster, [left[0], left[0]], [lost[0], lost[1], left[0]]);
        problems.ShouldContain($"n{left[0]:00} is named twice among the survivors");
        problems.ShouldContain($"n{left[0]:00} is named as survivor and as lost, and it answers: it is not lost");
        problems.ShouldContain($"n{lost[2]:00} has a vote: say whether it is a survivor or lost");
        problems.ShouldContain(problem => problem.Contains($"n{left[0]:00} hears n{left[1]:00}, which is not named"));
    }

    [Fact]
    public void Plan_OfNobody_SaysSo()
    {
        var cluster = Joined(3, 3);
        Problems(cluster, [], [0, 1, 2]).ShouldBe(["no survivor has the log of a cluster on its disk"]);
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
    public void Recover_WhoWentOnIsLostBeforeAnybodyHasItsEntry_IsRefusedUntilTheRestIsRestarted()
    {
        var (cluster, lost, left) = ThreeOfFiveLost(5);

        // The entry comes to nobody, the hello that tells of it does.
        cluster.MoreDelay = message => TimeSpan.FromSeconds(message is Message.AppendEntries ? 600 : 0);
        var chosen = Recover(cluster, left, lost);
        cluster.Run(1);
        var last = left.Single(node => node != chosen);
        Lose(cluster, chosen);
        cluster.MoreDelay = static _ => TimeSpan.Zero;
        int[] lostToo = [.. lost, chosen];
        Problems(cluster, [last], lostToo)
            .ShouldHaveSingleItem()
            .ShouldStartWith($"n{last:00} has heard of recovery 1, which no survivor has in its log");

        cluster.Stop(last);
        cluster.Start(last);
        cluster.Run(2);
        Recover(cluster, [last], lostToo, nonce: 32).ShouldBe(last);
        PanicIsAcked(cluster, lost[0], last);

        // It was not gone for ever after all: two histories, and neither takes the other's.
        cluster.Start(chosen);
        cluster.Run(3);
        cluster.Status(last).IsReady.ShouldBeTrue();
        cluster.Status(last).Voters.Count.ShouldBe(1);
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
