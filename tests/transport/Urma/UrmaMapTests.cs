using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport.Urma;

namespace ClusterRas.Transport.Tests;

/// <summary>Another map while links are open.</summary>
public sealed class UrmaMapTests
{
    private static readonly Die Die0 = TransportPair.Die0;
    private static readonly NodeId NodeC = new(2);

    [Fact]
    public async Task Node_Added_IsLinkedAndTheOthersAreNotTouched()
    {
        await using var pair = new UrmaPair();
        await using var c = new Third(pair);
        await pair.StartAsync();
        await c.Transport.StartAsync(c.Sink, CancellationToken.None);

        pair.TransportA.Follow([.. pair.AddressesOfA, c.FromA], Kept(pair, c.FromA.Link));

        await pair.AtA.WaitForAsync(new Noted.Opened(c.FromA.Link));
        await c.Sink.WaitForAsync(new Noted.Opened(c.ToA.Link));
        pair.A.Send(c.FromA.Link, Said.Word(1)).ShouldBe(SendOutcome.Queued);
        await c.Sink.WaitForFramesAsync(c.ToA.Link, 1);
        foreach (var address in pair.AddressesOfA)
        {
            pair.AtA.SinceOpen(address.Link).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Node_Removed_IsClosedAndTheOthersStayOpen()
    {
        await using var pair = new UrmaPair();
        await pair.StartAsync();
        var link = pair.ToB(Die0);

        pair.TransportA.Follow(
            [.. pair.AddressesOfA.Where(address => address.Link != link)],
            [pair.ToB(TransportPair.Die1)]
        );

        await pair.AtA.WaitForLastAsync(link, open: false);
        await pair.AtB.WaitForLastAsync(pair.ToA(Die0), open: false);
        pair.A.Send(link, Said.Word(1)).ShouldBe(SendOutcome.LinkDown);
        pair.TransportA.WhyNot(link).ShouldBe("the map plans no such link");
        pair.A.Send(pair.ToB(TransportPair.Die1), Said.Word(2)).ShouldBe(SendOutcome.Queued);
        await pair.AtB.WaitForFramesAsync(pair.ToA(TransportPair.Die1), 1);
        pair.AtA.SinceOpen(pair.ToB(TransportPair.Die1)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Node_Leaving_KeepsItsLinkThoughTheMapHasNone()
    {
        await using var pair = new UrmaPair();
        await pair.StartAsync();

        pair.TransportA.Follow([], Kept(pair));

        pair.A.Send(pair.ToB(Die0), Said.Word(1)).ShouldBe(SendOutcome.Queued);
        await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 1);
    }

    [Fact]
    public async Task Node_WithAnotherEid_IsClosedThereAndOpenedHere()
    {
        await using var pair = new UrmaPair();
        await using var c = new Third(pair);
        await pair.StartAsync();
        await c.Transport.StartAsync(c.Sink, CancellationToken.None);
        var link = pair.ToB(Die0);
        // B's name on die 0, with the eid of another machine.
        await using var moved = new UrmaTransport(
            TransportPair.NodeB,
            [new UrmaLinkAddress(pair.ToA(Die0), c.SpareEid, pair.EidsOfA[0])],
            pair.Options
        );
        var sink = new RecordingSink();
        await moved.StartAsync(sink, CancellationToken.None);

        pair.TransportA.Follow(
            [
                new UrmaLinkAddress(link, pair.EidsOfA[0], c.SpareEid),
                .. pair.AddressesOfA.Where(address => address.Link != link),
            ],
            Kept(pair)
        );

        await sink.WaitForAsync(new Noted.Opened(pair.ToA(Die0)));
        await pair.AtB.WaitForLastAsync(pair.ToA(Die0), open: false);
        await pair.AtA.WaitAsync(all => all.Count(one => one == new Noted.Opened(link)) == 2);
        // First the end of the one, then the other of the same name.
        pair.AtA.SinceOpen(link).ShouldBe([new Noted.Closed(link, LinkLoss.Closed), new Noted.Opened(link)]);
    }

    [Fact]
    public async Task Own_WithAnotherEid_ListensThere()
    {
        await using var pair = new UrmaPair();
        await pair.StartAsync();
        var eid = Simulation.NewEid();
        var device = Simulation.AddDevice(eid);
        var (link, back) = (pair.ToB(Die0), pair.ToA(Die0));

        pair.TransportA.Follow([new UrmaLinkAddress(link, eid, pair.EidsOfB[0])], [link]);
        pair.TransportB.Follow([new UrmaLinkAddress(back, pair.EidsOfB[0], eid)], [back]);

        await pair.AtA.WaitAsync(all => all.Count(one => one == new Noted.Opened(link)) == 2);
        await pair.AtB.WaitAsync(all => all.Count(one => one == new Noted.Opened(back)) == 2);
        pair.A.Send(link, Said.Word(1)).ShouldBe(SendOutcome.Queued);
        await pair.AtB.WaitForFramesAsync(back, 1);
        Simulation.Command($"remove {device}");
    }

    [Fact]
    public async Task Nodes_MoreThanThereIsRoomFor_AreAllLinked()
    {
        await using var pair = new UrmaPair();
        await using var c = new Third(pair);
        await pair.StartAsync();
        await c.Transport.StartAsync(c.Sink, CancellationToken.None);
        // Of two links on die 0 there become five, where there was room for four.
        UrmaLinkAddress[] more =
        [
            c.FromA,
            .. Enumerable
                .Range(3, 2)
                .Select(node => new UrmaLinkAddress(
                    new LinkId(new NodeId(node), Die0, pair.Kind),
                    pair.EidsOfA[0],
                    Simulation.NewEid()
                )),
        ];

        pair.TransportA.Follow([.. pair.AddressesOfA, .. more], Kept(pair, [.. more.Select(address => address.Link)]));

        await pair.AtA.WaitAsync(all => all.Count(one => one == new Noted.Opened(pair.ToB(Die0))) == 2);
        await pair.AtA.WaitForAsync(new Noted.Opened(c.FromA.Link));
        await pair.AtA.WaitForLastAsync(pair.ToB(Die0), open: true);
        pair.A.Send(pair.ToB(Die0), Said.Word(1)).ShouldBe(SendOutcome.Queued);
        await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 1);
    }

    // The core names links by the wire that every machine has.
    private static LinkId[] Kept(UrmaPair pair, params ReadOnlySpan<LinkId> more) =>
        [
            .. pair.AddressesOfA.Select(address => address.Link with { Transport = TransportKind.Grpc }),
            .. more.ToArray().Select(link => link with { Transport = TransportKind.Grpc }),
        ];

    /// <summary>A node that the first map has not.</summary>
    private sealed class Third : IAsyncDisposable
    {
        private readonly string device;

        public Third(UrmaPair pair)
        {
            var eid = Simulation.NewEid();
            device = Simulation.AddDevice(eid, SpareEid);
            FromA = new UrmaLinkAddress(new LinkId(NodeC, Die0, pair.Kind), pair.EidsOfA[0], eid);
            ToA = new UrmaLinkAddress(new LinkId(TransportPair.NodeA, Die0, pair.Kind), eid, pair.EidsOfA[0]);
            Transport = new UrmaTransport(NodeC, [ToA], pair.Options);
        }

        public Eid SpareEid { get; } = Simulation.NewEid();

        public UrmaLinkAddress FromA { get; }

        public UrmaLinkAddress ToA { get; }

        public UrmaTransport Transport { get; }

        public RecordingSink Sink { get; } = new();

        public async ValueTask DisposeAsync()
        {
            await Transport.DisposeAsync();
            Simulation.Command($"remove {device}");
        }
    }
}
