using ClusterRas.Fabric;

namespace ClusterRas.Protocol.Tests;

/// <summary>A master whose wires carry less than it says: its beats come, but long after it said them.</summary>
public class HeldBeatTests
{
    private static readonly TimeSpan Held = TimeSpan.FromSeconds(2);

    private static MiniCluster Settled()
    {
        var cluster = new MiniCluster(5, 3) { SaysWhenSent = true };
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 5)).ShouldBeTrue();
        cluster.Run(5);
        return cluster;
    }

    /// <summary>Queues fill: each frame waits a little longer than the one before, and none stays out.</summary>
    private static void FillQueues(MiniCluster cluster, (int From, int To)[] ways)
    {
        for (var wait = TimeSpan.Zero; wait < Held; wait += TimeSpan.FromMilliseconds(20))
        {
            foreach (var way in ways)
            {
                cluster.Distance[way] = wait;
            }

            cluster.Run(0.1);
        }
    }

    private static (int From, int To)[] Ways(MiniCluster cluster) =>
        [.. from one in cluster.Running from other in cluster.Running where one != other select (one, other)];

    [Fact]
    public void Master_WhoseBeatsAreHeld_IsFollowedByOneWhoIsHeardInTime()
    {
        var cluster = Settled();
        var narrow = cluster.Master;
        FillQueues(cluster, [.. Ways(cluster).Where(way => way.From == narrow || way.To == narrow)]);

        var other = cluster
            .Running.Where(node => node != narrow && cluster.Status(node).IsReady)
            .ShouldHaveSingleItem();
        var panic = cluster.Panic(victim: 4, witness: 3);
        cluster.Give(3, new Input.Raised(panic, new DeviceRef(0, 1)));
        cluster
            .RunUntil(() => cluster.Of<Effect.Release>(3).Any(release => release.Report == panic.Id), seconds: 1)
            .ShouldBeTrue("the word waits for nobody who is slow");
        cluster.Run(10);
        cluster.Status(other).IsReady.ShouldBeTrue();
        cluster.Status(narrow).Master.ShouldBe(new NodeId(other), "late as it hears, it follows");
        cluster.Status(narrow).Book.Incidents.Count.ShouldBe(1);
    }

    [Fact]
    public void Master_WhereAllIsHeld_Stays()
    {
        var cluster = Settled();
        var (master, term) = (cluster.Master, cluster.Status(0).Term);
        FillQueues(cluster, Ways(cluster));
        cluster.Run(10);
        cluster.Master.ShouldBe(master);
        cluster.Status(master).Term.ShouldBe(term);
    }

    // It hears everybody late, its master among them: that is its own wire, and no reason to disturb anybody.
    [Fact]
    public void Follower_WhoseOwnWiresAreNarrow_StandsNot()
    {
        var cluster = Settled();
        var master = cluster.Master;
        var narrow = (master + 1) % 3;
        FillQueues(cluster, [.. Ways(cluster).Where(way => way.From == narrow || way.To == narrow)]);
        cluster.Effects.Clear();
        cluster.Run(10);
        cluster.Of<Effect.Send>(narrow).ShouldNotContain(send => send.Frame.Message is Message.PreVote);
        cluster.Status(narrow).Master.ShouldBe(new NodeId(master));
    }

    [Fact]
    public void HeldBeats_AreNoBeats_ButTheirEntriesAreTaken()
    {
        var bed = new VoterBed();
        for (var beat = 0; bed.Now.Role == RaftRole.Follower; beat++)
        {
            beat.ShouldBeLessThan(300);
            bed.Leads(bed.Master, bed.Term, bed.Last.Index, Held);
            bed.Comes(bed.Other, new Message.LinkAck(), sentAgo: TimeSpan.Zero);
        }

        bed.Now.Role.ShouldBe(RaftRole.PreCandidate);
        bed.Leads(bed.Master, bed.Term, bed.Beyond(1), Held, bed.More(1, bed.Term));
        bed.Now.Role.ShouldBe(RaftRole.PreCandidate);
        bed.Now.CommitIndex.ShouldBe(bed.Beyond(1));
        bed.Leads(bed.Master, bed.Term, bed.Beyond(1), Held);
        bed.Said<Message.AppendEntriesReply>().ShouldContain(reply => reply.Accepted && reply.Matched == bed.Beyond(1));

        bed.Leads(bed.Master, bed.Term, bed.Beyond(1));
        bed.Now.Role.ShouldBe(RaftRole.Follower, "one that comes in time is a beat");
    }

    [Fact]
    public void HeldBeats_WhereNobodyElseIsHeard_AreBeats()
    {
        var bed = new VoterBed();
        for (var beat = 0; beat < 600; beat++)
        {
            bed.Leads(bed.Master, bed.Term, bed.Last.Index, Held);
        }

        bed.Now.Role.ShouldBe(RaftRole.Follower);
    }

    [Fact]
    public void Beat_ThatIsPassedOn_SaysHowLongItWasHeldOnTheWay()
    {
        var bed = new VoterBed();
        var beat = new Message.AppendEntries(
            bed.Term,
            bed.DiskOf(bed.Master),
            bed.Last.Index,
            bed.Last.Term,
            bed.Last.Index,
            1,
            []
        )
        {
            Held = Held,
        };
        bed.Comes(bed.Master, new Message.LinkAck(), sentAgo: TimeSpan.Zero);
        bed.Comes(
            bed.Master,
            new Message.Relayed(new NodeId(bed.Master), new NodeId(bed.Other), 77, 1, beat),
            sentAgo: TimeSpan.FromMilliseconds(300)
        );
        bed.Said<Message.Relayed>()
            .ShouldHaveSingleItem()
            .Inner.ShouldBeOfType<Message.AppendEntries>()
            .Held.ShouldBe(Held + TimeSpan.FromMilliseconds(300));
    }
}
