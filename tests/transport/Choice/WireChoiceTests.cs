using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport.Grpc;

namespace ClusterRas.Transport.Tests;

/// <summary>The contract over a choice of two wires, and the choosing.</summary>
public sealed class WireChoiceTests : TransportContract
{
    protected override bool CopiesOvertake => true;

    [Fact]
    public async Task Standby_Lost_IsNoEndOfTheLink()
    {
        await using var pair = new ChoicePair();
        await pair.StartAsync();
        var link = pair.ToB(TransportPair.Die0);

        pair.Network.Cut(TransportPair.Die0, LoopbackCut.Loud);

        await Until.SoAsync(() => pair.ChoiceA.Tell(link) == "urma (simulated)");
        pair.A.Send(link, Said.Word(1)).ShouldBe(SendOutcome.Queued);
        await pair.AtB.WaitForFramesAsync(pair.ToA(TransportPair.Die0), 1);
        pair.AtA.SinceOpen(link).ShouldBeEmpty();
    }

    [Fact]
    public async Task Report_OverBothWires_IsSaidOnceToHaveComeByTheFirst()
    {
        await using var pair = new ChoicePair();
        await pair.StartAsync();
        var word = Said.Word(1);

        pair.A.Send(pair.ToB(TransportPair.Die0), word).ShouldBe(SendOutcome.Queued);
        await pair.AtB.WaitForFramesAsync(pair.ToA(TransportPair.Die0), 1);
        pair.BreakBetter(TransportPair.Die0);
        pair.A.Send(pair.ToB(TransportPair.Die0), Said.Word(2)).ShouldBe(SendOutcome.Queued);
        await pair.AtB.WaitForFramesAsync(pair.ToA(TransportPair.Die0), 2);

        pair.BroughtToB.Count.ShouldBe(2);
        pair.BroughtToB.First().Wire.ShouldBeOneOf("urma (simulated)", "grpc");
        pair.BroughtToB.First().Report.ShouldBe(((Message.Reporting)word.Message).Report.Id);
        pair.BroughtToB.Last().Wire.ShouldBe("grpc");
    }

    [Fact]
    public async Task Better_Lost_FallsBackAndReturnsWithoutAnEnd()
    {
        await using var pair = new ChoicePair();
        await pair.StartAsync();
        var link = pair.ToB(TransportPair.Die0);
        var other = pair.ToB(TransportPair.Die1);

        pair.BreakBetter(TransportPair.Die0);
        await Until.SoAsync(() =>
            pair.ChoiceA.Tell(link).StartsWith("grpc; no urma (simulated): ", StringComparison.Ordinal)
        );
        pair.ChoiceA.Tell(other).ShouldBe(ChoicePair.Both);
        pair.A.Send(link, Said.EmptyAppend(1)).ShouldBe(SendOutcome.Queued);
        await pair.AtB.WaitForFramesAsync(pair.ToA(TransportPair.Die0), 1);

        pair.HealBetter(TransportPair.Die0);
        await Until.SoAsync(() => pair.ChoiceA.Tell(link) == ChoicePair.Both);
        pair.A.Send(link, Said.EmptyAppend(2)).ShouldBe(SendOutcome.Queued);
        await pair.AtB.WaitForFramesAsync(pair.ToA(TransportPair.Die0), 2);
        foreach (var (sink, name) in new[] { (pair.AtA, link), (pair.AtB, pair.ToA(TransportPair.Die0)) })
        {
            sink.SinceOpen(name).ShouldAllBe(one => one is Noted.Arrived);
        }
    }

    [Fact]
    public async Task Better_Doubted_IsLeftForAWhile()
    {
        await using var pair = new ChoicePair();
        await pair.StartAsync();
        var link = pair.ToB(TransportPair.Die0);

        pair.A.Relink(link);

        pair.ChoiceA.Tell(link).ShouldBe("grpc + urma (simulated); no urma (simulated): in doubt");
        pair.AtA.SinceOpen(link).ShouldBeEmpty();
    }

    [Fact]
    public async Task Report_GoesOverEveryWireAndArrivesOnce()
    {
        await using var pair = new TwoNetworks();
        await pair.StartAsync();
        var (toB, toA) = (pair.ToB(TransportPair.Die0), pair.ToA(TransportPair.Die0));
        pair.Better.Cut(TransportPair.Die0, LoopbackCut.Silent);

        // The wire in use takes both and carries neither.
        pair.A.Send(toB, Said.EmptyAppend(1)).ShouldBe(SendOutcome.Queued);
        pair.A.Send(toB, Said.Word(2)).ShouldBe(SendOutcome.Queued);

        await pair.AtB.WaitForFramesAsync(toA, 1);
        Numbers(pair.AtB, toA).ShouldBe([2]);
        pair.Better.Cut(TransportPair.Die0, LoopbackCut.None);
        pair.A.Send(toB, Said.EmptyAppend(3)).ShouldBe(SendOutcome.Queued);
        await pair.AtB.WaitForFramesAsync(toA, 3);
        Numbers(pair.AtB, toA).ShouldBe([2, 1, 3]);
    }

    [Fact]
    public async Task Report_SentAgain_IsHandedUpAgain()
    {
        await using var pair = new TwoNetworks();
        await pair.StartAsync();
        var again = Said.Word(1) with { Sequence = 7 };

        pair.A.Send(pair.ToB(TransportPair.Die0), Said.Word(1)).ShouldBe(SendOutcome.Queued);
        pair.A.Send(pair.ToB(TransportPair.Die0), again).ShouldBe(SendOutcome.Queued);

        await pair.AtB.WaitForFramesAsync(pair.ToA(TransportPair.Die0), 2);
        Numbers(pair.AtB, pair.ToA(TransportPair.Die0)).ShouldBe([1, 7]);
    }

    [Fact]
    public async Task RoadToItself_WithoutALink_IsTheLastWires()
    {
        var network = new LoopbackNetwork();
        await using var choice = new WireChoice([
            new LoopbackTransport(
                network,
                TransportPair.NodeA,
                TransportKind.Urma,
                [],
                () => LoopbackPair.NowAtA,
                TimeSpan.FromSeconds(1)
            ),
            new GrpcTransport(TransportPair.NodeA, []),
        ]);
        var sink = new RecordingSink();
        await choice.StartAsync(sink, CancellationToken.None);
        var self = new LinkId(TransportPair.NodeA, TransportPair.Die0, TransportKind.Grpc);

        choice.Send(self, Said.Beat(1)).ShouldBe(SendOutcome.Queued);
        await sink.WaitForFramesAsync(self, 1);
        choice.Send(self, Said.Beat(2)).ShouldBe(SendOutcome.Queued);
        await sink.WaitForFramesAsync(self, 2);
    }

    protected override TransportPair CreatePair() => new ChoicePair();

    protected override Instant ClockA() => LoopbackPair.NowAtA;

    protected override Instant ClockB() => LoopbackPair.NowAtB;
}
