using System.Net;
using System.Net.Sockets;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport.Grpc;

namespace ClusterRas.Transport.Tests;

/// <summary>Connections of a link: who dials, which one is used, which one ends.</summary>
public sealed class GrpcConnectionTests
{
    private static readonly Die Die0 = TransportPair.Die0;
    private static readonly GrpcTransportOptions AsShipped = new();

    [Fact]
    public async Task Peer_NotListening_IsRefused()
    {
        await using var pair = new GrpcPair();

        await pair.StartAAsync();

        await pair.AtA.WaitForAsync(new Noted.Closed(pair.ToB(Die0), LinkLoss.Refused));
        pair.AtA.All.ShouldNotContain(new Noted.Closed(pair.ToB(Die0), LinkLoss.Unreachable));
    }

    [Fact]
    public async Task Peer_GoneForGood_IsToldOnce()
    {
        await using var pair = new GrpcPair();
        await pair.StartAsync();

        await pair.StopBAsync();

        await pair.AtA.WaitForAsync(new Noted.Closed(pair.ToB(Die0), LinkLoss.Refused));
        var losses = pair.AtA.All.OfType<Noted.Closed>().Where(closed => closed.Link == pair.ToB(Die0));
        losses.Count(closed => closed.Loss == LinkLoss.Refused).ShouldBeLessThanOrEqualTo(2);
    }

    [Fact]
    public async Task Peer_ThatAnswersNothing_IsUnreachable()
    {
        await using var pair = new GrpcPair
        {
            Options = AsShipped with { OpenWithin = TimeSpan.FromMilliseconds(200) },
        };
        await pair.StartBAsync();
        pair.CablesToB[0].Kill();

        await pair.StartAAsync();

        await pair.AtA.WaitForAsync(new Noted.Closed(pair.ToB(Die0), LinkLoss.Unreachable));
        await pair.AtA.WaitForAsync(new Noted.Opened(pair.ToB(TransportPair.Die1)));
    }

    [Fact]
    public async Task Peer_ThatCannotDialUs_IsDialled()
    {
        await using var pair = new GrpcPair { Options = AsShipped };
        await pair.StartBAsync();
        pair.CablesToB[0].Cut();

        await pair.StartAAsync();

        await pair.OpenAsync();
        pair.B.Send(pair.ToA(Die0), Said.Word(1)).ShouldBe(SendOutcome.Queued);
        await pair.AtA.WaitForFramesAsync(pair.ToB(Die0), 1);
    }

    [Fact]
    public async Task Link_InPeace_HasOneConnection()
    {
        // However long the first dialler needs.
        await using var pair = new GrpcPair { Options = AsShipped with { StandInAfter = TimeSpan.FromHours(1) } };
        // Before its transport is started it would take a connection and refuse the link.
        await pair.StartBAsync();

        await pair.StartAAsync();

        await pair.OpenAsync();
        pair.CablesToB[0].Taken.ShouldBe(1);
        pair.CablesToA[0].Taken.ShouldBe(0);
    }

    /// <remarks>
    /// The two streams of a connection end at about the same time, each read by a task of its own: one of them once undid what the other had noted,
    /// in one close of some hundreds. Where the accepting end closes, its own abort could overtake the good end.
    /// </remarks>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Close_ManyTimes_IsToldToThePeerEachTime(bool byTheDialler)
    {
        const int Times = 300;
        await using var pair = new GrpcPair
        {
            // One connection at a time, and always the same end that dials it.
            Options = GrpcPair.Quick with
            {
                RedialMax = TimeSpan.FromMilliseconds(5),
                StandInAfter = TimeSpan.FromHours(1),
            },
        };
        await pair.StartAsync();
        var (closer, link) = byTheDialler ? (pair.A, pair.ToB(Die0)) : (pair.B, pair.ToA(Die0));
        var (told, there) = byTheDialler ? (pair.AtB, pair.ToA(Die0)) : (pair.AtA, pair.ToB(Die0));
        var here = byTheDialler ? pair.AtA : pair.AtB;
        for (var time = 1; time <= Times; time++)
        {
            closer.Close(link, "test");
            var openings = time + 1;
            await told.WaitAsync(all => all.Count(one => one == new Noted.Opened(there)) == openings);
            await here.WaitAsync(all => all.Count(one => one == new Noted.Opened(link)) == openings);
        }

        told.All.Count(one => one == new Noted.ClosedByPeer(there)).ShouldBe(Times);
    }

    [Fact]
    public async Task Snapshot_OnASlowRail_IsOvertakenByEvents()
    {
        await using var pair = new GrpcPair();
        await pair.StartAsync();
        pair.CablesToB[0].Slowness = TimeSpan.FromMilliseconds(20);
        var snapshot = Said.Snapshot(1000, [.. Enumerable.Range(1, 90).Select(i => Said.LargeEntry(i, 60_000))]);

        var delivery = pair.DeliverAsync(Die0, snapshot);
        for (var i = 1; i <= 10; i++)
        {
            await pair.DeliverAsync(Die0, Said.Word(i));
        }

        await delivery;
        var order = pair.AtB.Frames(pair.ToA(Die0)).Select(frame => frame.Sequence).ToList();
        order.IndexOf(10).ShouldBeLessThan(order.IndexOf(1000));
    }

    [Fact]
    public async Task Snapshot_FromTheAcceptingSide_Arrives()
    {
        await using var pair = new GrpcPair();
        await pair.StartAsync();
        var snapshot = Said.Snapshot(1, [.. Enumerable.Range(1, 90).Select(i => Said.LargeEntry(i, 60_000))]);

        pair.B.Send(pair.ToA(Die0), snapshot);

        await pair.AtA.WaitForFramesAsync(pair.ToB(Die0), 1);
        (pair.AtA.Frames(pair.ToB(Die0)).Single() == snapshot).ShouldBeTrue();
    }

    [Fact]
    public async Task Answer_DecidedTooLongAgo_IsNotSent()
    {
        var now = MonotonicClock.Now;
        await using var pair = new GrpcPair { Options = AsShipped with { Clock = () => now } };
        await pair.StartAsync();
        var answering = Samples.Frames.Select(frame => frame.Message).OfType<Message.Answering>().First();

        pair.A.Send(
            pair.ToB(Die0),
            new Frame(1, 0, 0, answering with { DecidedAt = now - TimeSpan.FromMilliseconds(501) })
        );
        pair.A.Send(
            pair.ToB(Die0),
            new Frame(2, 0, 0, answering with { DecidedAt = now - TimeSpan.FromMilliseconds(500) })
        );

        await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 1);
        pair.AtB.Frames(pair.ToA(Die0)).Single().Sequence.ShouldBe(2ul);
        pair.TransportA.StaleDropped.ShouldBe(1);
        pair.AtA.All.OfType<Noted.Dropped>().Single().Reason.ShouldBe("decided 501 ms ago");
    }

    [Fact]
    public async Task Link_OpenedAndClosedManyTimes_LeavesNothingBehind()
    {
        const int Times = 200;
        await using var pair = new GrpcPair { Options = AsShipped with { LivesFor = TimeSpan.Zero } };
        await pair.StartAsync();
        var files = OpenFiles();

        for (var times = 0; times < Times; times++)
        {
            var (end, link, sink) =
                times % 2 == 0 ? (pair.A, pair.ToB(Die0), pair.AtA) : (pair.B, pair.ToA(Die0), pair.AtB);
            var opened = sink.All.Count(one => one == new Noted.Opened(link));
            end.Close(link, "test");
            await sink.WaitAsync(all => all.Count(one => one == new Noted.Opened(link)) > opened);
            await pair.OpenAsync();
        }

        // Per link a dialler, the pumps, and two for its one connection; A has three links, one of them with both ends.
        await Until.SoAsync(() => pair.TransportA.Running.Count <= 14 && pair.TransportB.Running.Count <= 9);
        // Other tests open files at the same time; a leak would be hundreds.
        await Until.SoAsync(() => OpenFiles() < files + Times);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Disposed_WithAPeerThatIsDead_DoesNotWaitForIt(bool first)
    {
        await using var pair = new GrpcPair { Options = AsShipped with { PingEvery = TimeSpan.FromHours(1) } };
        await pair.StartAsync();
        pair.CablesToB[0].Freeze();
        var transport = first ? pair.TransportA : pair.TransportB;
        var link = first ? pair.ToB(Die0) : pair.ToA(Die0);
        for (var i = 0; transport.Send(link, Said.Word(i)) == SendOutcome.Queued; i++) { }

        // Nobody else ends the dead connection.
        await transport
            .DisposeAsync()
            .AsTask()
            .WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Link_OverIpv6_CarriesFrames()
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "no IPv6 on this machine");
        var (atA, atB) = (Free(), Free());
        var toB = new LinkId(TransportPair.NodeB, Die0, TransportKind.Grpc);
        var toA = new LinkId(TransportPair.NodeA, Die0, TransportKind.Grpc);
        var sink = new RecordingSink();
        await using var a = Node(TransportPair.NodeA, toB, atA, atB);
        await using var b = Node(TransportPair.NodeB, toA, atB, atA);

        await a.StartAsync(sink, CancellationToken.None);
        await b.StartAsync(new RecordingSink(), CancellationToken.None);
        await Until.SoAsync(() => b.Send(toA, Said.Word(1)) == SendOutcome.Queued);

        await sink.WaitForFramesAsync(toB, 1);

        static IPEndPoint Free()
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            return (IPEndPoint)socket.LocalEndPoint!;
        }

        static GrpcNode Node(NodeId self, LinkId link, IPEndPoint own, IPEndPoint peer)
        {
            HostPort.TryParse(peer.ToString(), out var at).ShouldBeTrue();
            return new GrpcNode(new GrpcTransport(self, [new(link, at, own.Address)]), [own], []);
        }
    }

    private static int OpenFiles() => Directory.GetFiles("/proc/self/fd").Length;

    [Fact]
    public async Task Peer_ThatTheMapHasNot_IsHeard_AndKeepsItsConnectionOnceTheMapHasIt()
    {
        await using var pair = new GrpcPair();
        var toB = await EstrangeAsync(pair);
        await Until.SoAsync(() => pair.TransportB.NewestConnection(pair.ToA(Die0)) is not null);
        pair.B.Send(pair.ToA(Die0), Said.Word(1)).ShouldBe(SendOutcome.Queued);
        await pair.AtA.WaitForFramesAsync(toB, 1);
        pair.A.Send(toB, Said.Word(2)).ShouldBe(SendOutcome.Queued);
        await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 1);

        pair.TransportA.Follow(pair.AddressesOfB, [toB]);
        pair.A.Send(toB, Said.Word(3)).ShouldBe(SendOutcome.Queued);
        await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 2);
        OpenedAtA(pair, toB).ShouldBe(2);
    }

    [Fact]
    public async Task Frame_OfANodeToItself_ComesBackWithoutALinkOfItsOwn()
    {
        await using var pair = new GrpcPair();
        await pair.StartAsync();
        var own = new LinkId(TransportPair.NodeA, TransportPair.Die1, TransportKind.Grpc);

        pair.A.Send(own, Said.Beat(7)).ShouldBe(SendOutcome.Queued);

        await pair.AtA.WaitForFramesAsync(own, 1);
        pair.AtA.Frames(own).ShouldBe([Said.Beat(7)]);
    }

    [Fact]
    public async Task Peer_ThatTheMapHasNot_IsSentAwayWhenItIsClosed()
    {
        await using var pair = new GrpcPair();
        var toB = await EstrangeAsync(pair);

        pair.A.Close(toB, "not in the map");

        await Until.SoAsync(() => pair.AtA.All.Count(noted => noted == new Noted.Closed(toB, LinkLoss.Closed)) == 2);
    }

    /// <summary>The map of A has B no more, and B has come back as a guest.</summary>
    private static async Task<LinkId> EstrangeAsync(GrpcPair pair)
    {
        var toB = pair.ToB(Die0);
        await pair.StartAsync();
        await pair.OpenAsync();
        pair.TransportA.Follow([], []);
        pair.AtA.All.ShouldContain(new Noted.Closed(toB, LinkLoss.Closed), "told before Follow returns");
        await Until.SoAsync(() => OpenedAtA(pair, toB) == 2);
        return toB;
    }

    private static int OpenedAtA(GrpcPair pair, LinkId link) =>
        pair.AtA.All.Count(noted => noted == new Noted.Opened(link));
}
