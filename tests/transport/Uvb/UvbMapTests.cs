using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport.Uvb;

namespace ClusterRas.Transport.Tests;

/// <summary>Which links a map plans over UVB, and another map while links are open.</summary>
public sealed class UvbMapTests
{
    private static readonly Die Die0 = TransportPair.Die0;
    private static readonly NodeId NodeC = new(2);
    private static readonly Cna CnaOfC = new(33);

    [Fact]
    public async Task Node_Added_IsLinkedAndTheOthersAreNotTouched()
    {
        await using var pair = new UvbPair();
        await pair.StartAsync();
        var fromA = new UvbLinkAddress(new LinkId(NodeC, Die0, pair.Kind), UvbPair.CnasOfA[0], CnaOfC);
        var toA = new UvbLinkAddress(pair.ToA(Die0), CnaOfC, UvbPair.CnasOfA[0]);
        var sink = new RecordingSink();
        await using var c = new UvbTransport(NodeC, [toA], pair.Options);
        await c.StartAsync(sink, CancellationToken.None);

        pair.TransportA.Follow([.. pair.AddressesOfA, fromA], Kept(pair, fromA.Link));

        await pair.AtA.WaitForAsync(new Noted.Opened(fromA.Link));
        await sink.WaitForAsync(new Noted.Opened(toA.Link));
        pair.A.Send(fromA.Link, Said.Word(1)).ShouldBe(SendOutcome.Queued);
        await sink.WaitForFramesAsync(toA.Link, 1);
        foreach (var address in pair.AddressesOfA)
        {
            pair.AtA.SinceOpen(address.Link).ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Node_Removed_IsClosedAndTheOthersStayOpen()
    {
        await using var pair = new UvbPair();
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
    public async Task Node_WithAnotherCna_IsClosedThereAndOpenedHere()
    {
        await using var pair = new UvbPair();
        await pair.StartAsync();
        var link = pair.ToB(Die0);
        // B's name on die 0, with the CNA of another machine.
        await using var moved = new UvbTransport(
            TransportPair.NodeB,
            [new UvbLinkAddress(pair.ToA(Die0), CnaOfC, UvbPair.CnasOfA[0])],
            pair.Options
        );
        var sink = new RecordingSink();
        await moved.StartAsync(sink, CancellationToken.None);

        pair.TransportA.Follow(
            [
                new UvbLinkAddress(link, UvbPair.CnasOfA[0], CnaOfC),
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
    public void Links_OfAMap_AreOneForEachPairThatHasCnas()
    {
        var map = Topology.Create("uvb", [Node(0, new Cna(5)), Node(1, null), Node(2, new Cna(7))]);

        UvbLinkAddress
            .AllOf(map, new NodeId(2))
            .ShouldBe([new UvbLinkAddress(new LinkId(new NodeId(0), Die0, TransportKind.Uvb), new Cna(7), new Cna(5))]);
        UvbLinkAddress.AllOf(map, new NodeId(1)).ShouldBeEmpty();
    }

    private static TopologyNode Node(int id, Cna? cna) =>
        new(new NodeId(id), $"n{id}", cna, [Rail(id, 0), Rail(id, 1)]);

    private static TopologyDie Rail(int node, int die)
    {
        HostPort.TryParse($"10.0.{die}.{node}:7400", out var grpc).ShouldBeTrue();
        return new TopologyDie(new Die(die), new Eid(1, (ulong)((node * 2) + die + 1)), grpc);
    }

    // The core names links by the wire that every machine has.
    private static LinkId[] Kept(UvbPair pair, params ReadOnlySpan<LinkId> more) =>
        [
            .. pair.AddressesOfA.Select(address => address.Link with { Transport = TransportKind.Grpc }),
            .. more.ToArray().Select(link => link with { Transport = TransportKind.Grpc }),
        ];
}
