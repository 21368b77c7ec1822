using ClusterRas.Fabric;
using static ClusterRas.Protocol.Tests.GroupTests;
using static ClusterRas.Protocol.Tests.RecoveryStory;

namespace ClusterRas.Protocol.Tests;

/// <summary>Recoveries that must not be: a majority lives, the word is stale, or another disk has more.</summary>
public class RecoveryRefusedTests
{
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

    // The group may have changed without any survivor's hearing of it.
    [Fact]
    public void Plan_WithAFollowerThatNobodyNames_IsRefused()
    {
        var (cluster, lost, left) = ThreeOfFiveLost();
        cluster.Stop(left[3]);
        cluster.Run(4);
        Problems(cluster, left[..3], lost)
            .ShouldBe([$"n{left[3]:00} may have entries that no survivor has: say whether it is a survivor or lost"]);
        Plan(cluster, left[..3], [.. lost, left[3]]);
    }

    // It belongs to no cluster, so what it tells of recoveries is not about this one.
    [Fact]
    public void Hello_OfAnEmptyDiskThatTellsOfARecovery_PutsNobodyOut()
    {
        var cluster = Joined();
        cluster.Stop(4);
        cluster.Wipe(4);
        cluster.Rewrite = static (from, message) =>
            from == 4 && message is Message.Hello { Cluster.IsNone: true } hello
                ? hello with
                {
                    Recoveries = [Foreign],
                }
                : message;
        cluster.Start(4);
        cluster.RunUntil(() => cluster.Status(4).CommitIndex == cluster.Status(cluster.Master).CommitIndex, 5);
        cluster
            .Of<Effect.Note>()
            .ShouldNotContain(note => note.Fact is Fact.Retired || note.Fact is Fact.RecoveryLearned);
        cluster.Status(4).CommitIndex.ShouldBe(cluster.Status(cluster.Master).CommitIndex);
    }

    [Fact]
    public void EmptyDisk_ThatIsToldOfAnotherClustersRecovery_PassesNothingOn()
    {
        var cluster = Joined();
        cluster.Stop(4);
        cluster.Wipe(4);
        cluster.Rewrite = static (from, message) =>
            from == 3 && message is Message.Hello hello
                ? hello with
                {
                    Cluster = new ClusterId(77),
                    Recoveries = [Foreign],
                }
                : message;
        var before = cluster.Effects.Count;
        cluster.Start(4);
        cluster.RunUntil(() => cluster.Status(4).CommitIndex == cluster.Status(cluster.Master).CommitIndex, 5);
        cluster
            .Effects.Skip(before)
            .Select(seen => seen.Effect)
            .OfType<Effect.Send>()
            .ShouldNotContain(send =>
                send.Frame.Message is Message.Hello && ((Message.Hello)send.Frame.Message).Recoveries.Count > 0
            );
        cluster.Status(4).CommitIndex.ShouldBe(cluster.Status(cluster.Master).CommitIndex);
    }

    private static readonly RecoveryMark Foreign = new(
        1,
        new Term(1),
        new LogIndex(1),
        new Voter(new NodeId(3), new DiskId(7)),
        []
    );
}
