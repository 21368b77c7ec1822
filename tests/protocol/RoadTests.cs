using ClusterRas.Fabric;

namespace ClusterRas.Protocol.Tests;

/// <summary>A rail that swallows what it is given, without a word: how soon that is seen, and which road is taken then (protocol.md 4).</summary>
public class RoadTests
{
    private const int Handles = 3;

    private static MiniCluster Joined()
    {
        var cluster = new MiniCluster(5, 3);
        cluster.RunUntil(() => cluster.Running.All(node => cluster.Status(node).Book.Lives.Count == 5)).ShouldBeTrue();
        return cluster;
    }

    private static MiniCluster WithHandler()
    {
        var cluster = Joined();
        var handler = new HandlerDeclaration("drain", [EventKind.Panic], TimeSpan.FromSeconds(20), true, false, false);
        cluster.Give(Handles, new Input.HandlersPresent([handler.Name]));
        cluster.Give(Handles, new Input.Asked(1, new EntryPayload.HandlerDeclared(handler)));
        cluster.RunUntil(() => cluster.Of<Effect.Granted>(Handles).Any()).ShouldBeTrue();
        cluster.Run(5);
        return cluster;
    }

    /// <summary>How long the first numbered frame after this instant waited for its acknowledgement, until the link was suspect.</summary>
    private static TimeSpan Patience(MiniCluster cluster, int node, LinkId link, Instant since)
    {
        var sent = cluster.Effects.First(seen =>
            seen.At >= since
            && seen.Node == node
            && seen.Effect is Effect.Send { Frame.Sequence: > 0 } send
            && send.Link == link
        );
        var suspected = cluster.Effects.First(seen =>
            seen.At >= sent.At
            && seen.Node == node
            && seen.Effect is Effect.Note { Fact: Fact.LinkSuspect suspect }
            && suspect.Link == link
        );
        return suspected.At - sent.At;
    }

    private static LinkId LinkTo(int node) => new(new NodeId(node), new Die(0), TransportKind.Grpc);

    [Fact]
    public void Link_ThatAcknowledgesNothing_IsSuspectAfterTheLeastPatience()
    {
        var cluster = Joined();
        cluster.Run(5);
        var (master, other) = (cluster.Master, (cluster.Master + 1) % 3);
        cluster.CutRail(master, other, 0);
        var since = cluster.Now;
        cluster.Run(1);
        Patience(cluster, master, LinkTo(other), since).ShouldBe(cluster.Options.LinkAckWithin);
    }

    // Found by a simulated life (5 nodes, seed 128057864058): the peer had a map without this node and had dropped the link, so that it
    // took nothing but a hello; and each new connection beside the suspect one began with a heartbeat.
    [Fact]
    public void Link_DialledAnewBesideASuspectOne_BeginsWithAHello()
    {
        var cluster = Joined();
        var (master, other) = (cluster.Master, (cluster.Master + 1) % 3);
        cluster.CutRail(master, other, 0);
        cluster
            .RunUntil(() =>
                cluster.Status(master).Links.Any(link => link.Link == LinkTo(other) && link.State == LinkState.Suspect)
            )
            .ShouldBeTrue();
        var since = cluster.Now;
        cluster.Give(master, new Input.LinkOpened(LinkTo(other)));
        cluster.Run(0.01);

        cluster.Effects.ShouldContain(seen =>
            seen.At >= since
            && seen.Node == master
            && seen.Effect is Effect.Send
            && ((Effect.Send)seen.Effect).Link == LinkTo(other)
            && ((Effect.Send)seen.Effect).Frame.Message is Message.Hello
        );
    }

    [Fact]
    public void Link_DialledAnewBesideASoundOne_StaysAsItIs()
    {
        var cluster = Joined();
        var (master, other) = (cluster.Master, (cluster.Master + 1) % 3);
        cluster.Effects.Clear();
        cluster.Give(master, new Input.LinkOpened(LinkTo(other)));
        cluster.Run(0.01);

        cluster.Status(master).Links.Single(link => link.Link == LinkTo(other)).State.ShouldBe(LinkState.Up);
        cluster.Of<Effect.Send>(master).ShouldNotContain(send => send.Frame.Message is Message.Hello);
    }

    [Fact]
    public void Peer_RefusedOnceMoreAfterItWasLetIn_IsToldOnceMore()
    {
        var cluster = Joined();
        var (master, other) = (cluster.Master, (cluster.Master + 1) % 3);
        var hello = cluster.Of<Effect.Send>(other).Select(send => send.Frame.Message).OfType<Message.Hello>().First();
        var stranger = hello with { Cluster = new ClusterId(77) };
        cluster.Effects.Clear();
        for (var time = 1; time <= 2; time++)
        {
            Refuse();
            Refuse();
            Told().ShouldBe(time, "the same reason is said once");
            cluster.Give(master, new Input.LinkClosed(LinkTo(other), LinkLoss.Closed));
            cluster.Give(master, new Input.LinkOpened(LinkTo(other)));
            cluster
                .RunUntil(() =>
                    cluster.Status(master).Links.Single(link => link.Link == LinkTo(other)).State == LinkState.Up
                )
                .ShouldBeTrue();
        }

        int Told() =>
            cluster
                .Of<Effect.Note>(master)
                .Select(note => note.Fact)
                .OfType<Fact.PeerRefused>()
                .Count(refused => refused.Link == LinkTo(other));

        void Refuse()
        {
            cluster.Give(master, new Input.Arrived(LinkTo(other), new Frame(0, 0, 0, stranger)));
            cluster.Run(0.01);
        }
    }

    // Three of its round trips would be a second and a half.
    [Fact]
    public void Link_OfADistantPeer_IsSuspectAfterASecondAtMost()
    {
        var cluster = Joined();
        cluster.Distance[(3, 4)] = TimeSpan.FromMilliseconds(250);
        cluster.Distance[(4, 3)] = TimeSpan.FromMilliseconds(250);
        cluster.Run(60);
        var link = cluster.Status(3).Links.Single(link => link.Link == LinkTo(4));
        link.State.ShouldBe(LinkState.Up);
        link.RoundTrip.ShouldNotBeNull().ShouldBeGreaterThan(TimeSpan.FromMilliseconds(400));
        cluster.RunUntil(() => !cluster.Effects.Any(IsNumbered)).ShouldBeTrue();
        cluster.CutRail(3, 4, 0);
        var since = cluster.Now;
        cluster.Run(6);
        Patience(cluster, 3, LinkTo(4), since).ShouldBe(TimeSpan.FromSeconds(1));

        // Whatever is still waiting has begun to wait before the cut.
        bool IsNumbered((Instant At, int Node, Effect Effect) seen) =>
            cluster.Now - seen.At < TimeSpan.FromSeconds(1)
            && seen.Node == 3
            && seen.Effect is Effect.Send { Frame.Sequence: > 0 } send
            && send.Link == LinkTo(4);
    }

    // Nobody repeats it: what is lost on the dead rail is lost, or goes over the other one in time.
    [Fact]
    public void Message_LostOnADeadRail_TakesTheOtherOne()
    {
        var cluster = WithHandler();
        cluster.CutRail(cluster.Master, Handles, 0);
        cluster.Give(cluster.Master, new Input.Raised(cluster.Panic(4, cluster.Master), new DeviceRef(0, 1)));
        cluster.RunUntil(() => cluster.Of<Effect.StartHandler>(Handles).Any(), 0.5).ShouldBeTrue();
        cluster.Of<Effect.Send>(cluster.Master).ShouldContain(Start(0));
        cluster.Of<Effect.Send>(cluster.Master).ShouldContain(Start(1));

        static System.Linq.Expressions.Expression<Func<Effect.Send, bool>> Start(int die) =>
            send => send.Frame.Message is Message.HandlerStart && send.Link.Die == new Die(die);
    }

    // The connection ends before its acknowledgement is missed: what it took is known to nobody, and nobody repeats it.
    [Fact]
    public void Message_UnacknowledgedWhenItsConnectionEnds_TakesTheOtherRoad()
    {
        var cluster = WithHandler();
        var master = cluster.Master;
        cluster.CutRail(master, Handles, 0);
        cluster.Give(master, new Input.Raised(cluster.Panic(4, master), new DeviceRef(0, 1)));
        cluster.RunUntil(() => Starts().Any(), 0.5).ShouldBeTrue();
        cluster.Give(master, new Input.LinkClosed(LinkTo(Handles), LinkLoss.Closed));
        cluster.RunUntil(() => cluster.Of<Effect.StartHandler>(Handles).Any(), 1).ShouldBeTrue();
        Starts().ShouldBe([new Die(0), new Die(1)]);

        IEnumerable<Die> Starts() =>
            cluster
                .Of<Effect.Send>(master)
                .Where(send => send.Frame.Message is Message.HandlerStart)
                .Select(send => send.Link.Die);
    }

    // What had not been acknowledged went down with the old connection: the new one is not to blame for it.
    [Fact]
    public void Link_ThatIsConnectedAnew_OwesNoAcknowledgementOfBefore()
    {
        var cluster = Joined();
        cluster.Run(5);
        var (master, other) = (cluster.Master, (cluster.Master + 1) % 3);
        var (there, back) = (LinkTo(other), LinkTo(master));
        cluster.CutRail(master, other, 0);
        var since = cluster.Now;
        cluster.RunUntil(() => SentSince() > 0, 0.3).ShouldBeTrue();
        cluster.Give(master, new Input.LinkClosed(there, LinkLoss.Closed));
        cluster.Give(other, new Input.LinkClosed(back, LinkLoss.Closed));
        cluster.Heal();
        cluster.Run(0.01);
        cluster.Give(master, new Input.LinkOpened(there));
        cluster.Give(other, new Input.LinkOpened(back));
        cluster.Run(1);
        cluster.Status(master).Links.Single(link => link.Link == there).State.ShouldBe(LinkState.Up);
        cluster.Of<Effect.Note>(master).ShouldNotContain(note => note.Fact is Fact.LinkSuspect);

        int SentSince() =>
            cluster.Effects.Count(seen =>
                seen.At > since
                && seen.Node == master
                && seen.Effect is Effect.Send { Frame.Sequence: > 0 } send
                && send.Link == there
            );
    }
}
