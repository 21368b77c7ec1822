using ClusterRas.Protocol;

namespace ClusterRas.Transport.Tests;

/// <summary>The contract, and what only the loopback can show: silent cuts and exact clocks.</summary>
public sealed class LoopbackTransportTests : TransportContract
{
    [Fact]
    public async Task Road_CutSilently_TellsNobodyAndHoldsFrames()
    {
        await using var pair = new LoopbackPair();
        await pair.StartAsync();
        var link = pair.ToB(TransportPair.Die0);
        var back = pair.ToA(TransportPair.Die0);

        pair.Network.Cut(TransportPair.NodeA, TransportPair.NodeB, TransportPair.Die0, LoopbackCut.Silent);
        pair.A.Send(link, Said.Word(1)).ShouldBe(SendOutcome.Queued);
        pair.A.Relink(link);
        pair.A.Send(pair.ToB(TransportPair.Die1), Said.Word(2)).ShouldBe(SendOutcome.Queued);
        await pair.AtB.WaitForFramesAsync(pair.ToA(TransportPair.Die1), 1);
        pair.AtB.Frames(back).ShouldBeEmpty();

        pair.Network.Cut(TransportPair.NodeA, TransportPair.NodeB, TransportPair.Die0, LoopbackCut.None);

        await pair.AtB.WaitForFramesAsync(back, 1);
        pair.AtA.All.Last(one => one.Link == link).ShouldBe(new Noted.Opened(link));
    }

    [Fact]
    public async Task Road_CutSilently_BecomesFull()
    {
        await using var pair = new LoopbackPair();
        await pair.StartAsync();
        pair.Network.Cut(TransportPair.Die0, LoopbackCut.Silent);

        var sent = 0;
        while (pair.A.Send(pair.ToB(TransportPair.Die0), Said.Word(sent)) == SendOutcome.Queued)
        {
            sent++;
        }

        // The queue, and the one that the pump has in hand.
        sent.ShouldBeInRange(LinkQueue.FramesMaxDefault, LinkQueue.FramesMaxDefault + 1);
    }

    [Fact]
    public async Task Window_BetweenTwoClocks_IsExact()
    {
        await using var pair = new LoopbackPair();
        await pair.StartAsync();
        var report = Samples.Report with
        {
            RaisedAt = LoopbackPair.NowAtA - TimeSpan.FromMilliseconds(7),
            WindowEnds = LoopbackPair.NowAtA + TimeSpan.FromMilliseconds(1001),
        };

        pair.A.Send(pair.ToB(TransportPair.Die0), new Frame(1, 0, 0, new Message.Reporting(report)));

        await pair.AtB.WaitForFramesAsync(pair.ToA(TransportPair.Die0), 1);
        pair.AtB.Frames(pair.ToA(TransportPair.Die0))
            .Single()
            .Message.ShouldBe(
                new Message.Reporting(
                    report with
                    {
                        RaisedAt = LoopbackPair.NowAtB - TimeSpan.FromMilliseconds(7),
                        WindowEnds = LoopbackPair.NowAtB + TimeSpan.FromMilliseconds(1001),
                    }
                )
            );
    }

    protected override TransportPair CreatePair() => new LoopbackPair();

    protected override Instant ClockA() => LoopbackPair.NowAtA;

    protected override Instant ClockB() => LoopbackPair.NowAtB;
}
