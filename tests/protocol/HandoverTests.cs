using ClusterRas.Fabric;
using static ClusterRas.Protocol.Tests.GroupTests;

namespace ClusterRas.Protocol.Tests;

/// <summary>An operator, or a node that is stopped, has another node made master (protocol.md 5).</summary>
public class HandoverTests
{
    private const ulong Nonce = 21;

    private static EntryPayload.HandoverAsked To(int? node, string why = "maintenance") =>
        new(node is { } to ? new NodeId(to) : null, new Warrant("anna", why, 1_700_000_000_000));

    private static void Ask(MiniCluster cluster, int at, EntryPayload wish, ulong nonce = Nonce) =>
        cluster.Give(at, new Input.Asked(nonce, wish));

    private static string? Answer(MiniCluster cluster, ulong nonce = Nonce) =>
        cluster.Of<Effect.Granted>().FirstOrDefault(granted => granted.Nonce == nonce)?.Refusal;

    private static string AnswerOf(MiniCluster cluster, int at, EntryPayload wish)
    {
        Ask(cluster, at, wish);
        cluster.RunUntil(() => Answer(cluster) is not null, 5).ShouldBeTrue();
        return Answer(cluster)!;
    }

    private static int Other(MiniCluster cluster, int than) => cluster.Running.Last(node => node < 5 && node != than);

    [Fact]
    public void Handover_ToAVoter_MakesItMasterAndIsInTheLogOfAll()
    {
        var cluster = Joined(6);
        var old = cluster.Master;
        var term = cluster.Status(old).Term;
        var successor = Other(cluster, old);
        var wish = To(successor);
        AnswerOf(cluster, 5, wish).ShouldBeEmpty();
        cluster.Master.ShouldBe(successor);
        cluster.Status(successor).Term.ShouldBe(new Term(term.Value + 1));
        cluster.Run(1);
        foreach (var node in cluster.Running)
        {
            cluster.Status(node).Book.Audit.Acts.Select(act => act.Payload).ShouldBe([wish]);
        }
    }

    [Fact]
    public void Handover_ToNobodyInParticular_TakesLessThanTheLeastElectionTimeout()
    {
        var cluster = Joined();
        var old = cluster.Master;
        Ask(cluster, Other(cluster, old), To(null));
        cluster.RunUntil(() => !cluster.Status(old).IsReady, 2).ShouldBeTrue();
        var left = cluster.Now;
        cluster.RunUntil(() => HasMaster(cluster), 2).ShouldBeTrue();
        (cluster.Now - left).ShouldBeLessThan(cluster.Options.ElectionTimeoutMin);
        cluster.RunUntil(() => Answer(cluster) == "", 2).ShouldBeTrue();
        cluster.Master.ShouldNotBe(old);
    }

    [Fact]
    public void Handover_AskedAgainAfterIt_MovesNothingTwice()
    {
        var cluster = Joined();
        var wish = To(null);
        AnswerOf(cluster, 4, wish).ShouldBeEmpty();
        var (master, term) = (cluster.Master, cluster.Status(cluster.Master).Term);
        Ask(cluster, 4, wish, nonce: 22);
        cluster.Run(3);
        Answer(cluster, 22).ShouldBe("");
        (cluster.Master, cluster.Status(master).Term).ShouldBe((master, term));
    }

    // Both before the first is committed: the second would have run after it, moved what had just been moved.
    [Fact]
    public void Handover_OfTwoAtOnce_IsOne()
    {
        var cluster = Joined();
        var old = cluster.Master;
        var voters = cluster.Running.Where(node => node != old).ToArray();
        Ask(cluster, old, To(voters[0], "first"));
        Ask(cluster, old, To(voters[1], "second"), nonce: 22);
        cluster.RunUntil(() => Answer(cluster) is not null && Answer(cluster, 22) is not null, 5).ShouldBeTrue();
        new[] { Answer(cluster)!, Answer(cluster, 22)! }
            .Order()
            .ShouldBe(["", "another handover is going on; try again in a second"]);
        cluster.Run(1);
        cluster.Status(cluster.Master).Book.Audit.Acts.Count.ShouldBe(1);
    }

    [Fact]
    public void Handover_PanicMeanwhile_IsAcked()
    {
        var cluster = Joined();
        var old = cluster.Master;
        var victim = cluster.Running.First(node => node != old);
        Ask(cluster, old, To(null));
        cluster.RunUntil(() => !cluster.Status(old).IsReady, 2).ShouldBeTrue();
        var raised = cluster.Now;
        cluster.Give(old, new Input.Raised(cluster.Panic(victim, old), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(old).Any(), 5).ShouldBeTrue();
        (cluster.Now - raised).ShouldBeLessThan(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Handover_ToTheMasterItself_IsRefused()
    {
        var cluster = Joined();
        AnswerOf(cluster, 1, To(cluster.Master)).ShouldBe($"n{cluster.Master:00} is master already");
    }

    [Fact]
    public void Handover_ToAFollowerWithoutAVote_IsRefusedAndNamesTheVoters()
    {
        var cluster = Joined(6);
        AnswerOf(cluster, 1, To(5)).ShouldBe("n05 is not a voter; voters are n00, n01, n02, n03, n04");
        cluster.Status(0).Book.Audit.Acts.ShouldBeEmpty("what is refused changes nothing");
    }

    [Fact]
    public void Handover_ToAVoterThatIsNotCaughtUp_IsRefused()
    {
        var cluster = Joined();
        var (master, behind) = (cluster.Master, Other(cluster, cluster.Master));
        cluster.Stall(behind);
        cluster.Give(master, new Input.Raised(cluster.Panic(behind, master), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(master).Any()).ShouldBeTrue();
        var closed = cluster.Status(master).Book.Incidents.Keys.Single();
        Ask(cluster, master, new EntryPayload.Closed(closed, CloseReason.Operator, "anna"), nonce: 22);
        cluster.RunUntil(() => Answer(cluster, 22) == "").ShouldBeTrue();
        AnswerOf(cluster, master, To(behind)).ShouldContain("it is not caught up: its disk has the log up to");
        cluster.Status(master).IsReady.ShouldBeTrue();
    }

    [Fact]
    public void Handover_ToAVoterThatIsGone_IsRefused()
    {
        var cluster = Joined();
        var gone = Other(cluster, cluster.Master);
        cluster.Stop(gone);
        cluster.Run(1);
        AnswerOf(cluster, cluster.Master, To(gone)).ShouldContain("it does not answer the master");
    }

    [Fact]
    public void Handover_ThatNobodyTakes_TimesOutAndTheMasterGoesOn()
    {
        var cluster = Joined();
        var master = cluster.Master;
        cluster.MoreDelay = message =>
            TimeSpan.FromSeconds(
                message is Message.TimeoutNow or Message.Relayed { Inner: Message.TimeoutNow } ? 60 : 0
            );
        AnswerOf(cluster, Other(cluster, master), To(null))
            .ShouldBe($"nobody took over within 500 ms; n{master:00} is still master");
        cluster.Status(master).IsReady.ShouldBeTrue();
        cluster.Give(master, new Input.Raised(cluster.Panic(4, master), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.Release>(master).Any(), 2).ShouldBeTrue();
    }

    [Fact]
    public void Handover_OfTheOnlyVoter_IsRefused()
    {
        var cluster = Joined(1, 1);
        AnswerOf(cluster, 0, To(null)).ShouldBe("there is no voter but n00");
    }

    [Fact]
    public void Wish_ThatNobodyWaitsForAnyMore_IsNotGrantedLater()
    {
        var cluster = Joined(3, 3);
        var asked = Other(cluster, cluster.Master);
        foreach (var other in cluster.Running.Where(node => node != asked))
        {
            cluster.Cut(asked, other);
        }

        cluster.Run(2);
        Ask(cluster, asked, To(null));
        cluster.Run(2);
        cluster.Give(asked, new Input.Withdrawn(Nonce));
        cluster.Heal();
        cluster.Run(5);
        HasMaster(cluster).ShouldBeTrue();
        cluster.Status(0).Book.Audit.Acts.ShouldBeEmpty();
    }

    [Fact]
    public void Audit_OfALogThatWasCompacted_KeepsWhatOperatorsDid()
    {
        var cluster = new MiniCluster(3, 3, options: new ProtocolOptions { LogEntriesMax = 20 });
        cluster.RunUntil(() => HasMaster(cluster)).ShouldBeTrue();
        cluster.Run(1);
        var wish = To(null);
        AnswerOf(cluster, 0, wish).ShouldBeEmpty();
        for (var word = 0; word < 30; word++)
        {
            cluster.Give(1, new Input.Raised(cluster.Panic(2, 1, (ulong)word), new DeviceRef(0, 1)));
            cluster.Run(0.2);
        }

        cluster.Disks[0].State.Snapshot.ShouldNotBeNull();
        cluster.Stop(0);
        cluster.Start(0);
        cluster.Run(1);
        cluster.Status(0).Book.Audit.Acts.Select(act => act.Payload).ShouldBe([wish]);
    }
}
