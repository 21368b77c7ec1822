using System.Diagnostics;
using ClusterRas.Fabric;
using ClusterRas.Transport.Grpc;

namespace ClusterRas.Transport.Tests;

/// <summary>A second connection beside one that may be dead: which one is used, which one ends.</summary>
public sealed class GrpcRelinkTests
{
    private static readonly Die Die0 = TransportPair.Die0;
    private static readonly GrpcTransportOptions AsShipped = new();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Relink_OfASilentlyDeadConnection_CarriesFramesAtOnce(bool byFirst)
    {
        await using var pair = new GrpcPair { Options = AsShipped };
        await pair.StartAsync();
        var (from, link, at, arriving) = byFirst
            ? (pair.A, pair.ToB(Die0), pair.AtB, pair.ToA(Die0))
            : (pair.B, pair.ToA(Die0), pair.AtA, pair.ToB(Die0));
        from.Send(link, Said.Word(1));
        await at.WaitForFramesAsync(arriving, 1);

        pair.CablesToB[0].Freeze();
        from.Send(link, Said.Word(2));
        var began = Stopwatch.GetTimestamp();
        from.Relink(link);
        var number = 2;
        await at.WaitAsync(_ =>
            SpinWait.SpinUntil(
                () =>
                {
                    from.Send(link, Said.Word(++number));
                    return at.Frames(arriving).Count() > 1;
                },
                TimeSpan.FromSeconds(10)
            )
        );

        Stopwatch.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(1) + AsShipped.RedialFirst);
        NeverClosed(pair);
    }

    [Fact]
    public async Task Relink_UnderLoadOfASilentlyDeadConnection_FreesTheQueue()
    {
        await using var pair = new GrpcPair();
        await pair.StartAsync();
        pair.CablesToB[0].Freeze();
        // More than the peer's window: the pump hangs in it.
        pair.A.Send(pair.ToB(Die0), Said.LargeAppend(1, 3_000_000));
        var sent = 0;
        while (pair.A.Send(pair.ToB(Die0), Said.Word(sent)) == SendOutcome.Queued)
        {
            sent++;
        }

        pair.A.Relink(pair.ToB(Die0));

        await pair.AtB.WaitAsync(_ => pair.AtB.Frames(pair.ToA(Die0)).Any(frame => frame.Sequence == (ulong)sent - 1));
        NeverClosed(pair);
    }

    [Fact]
    public async Task Relink_WhileTheRailIsDead_GoesOnUntilItLives()
    {
        await using var pair = new GrpcPair
        {
            Options = AsShipped with { OpenWithin = TimeSpan.FromMilliseconds(100) },
        };
        await pair.StartAsync();
        pair.CablesToB[0].Kill();
        pair.A.Relink(pair.ToB(Die0));
        await Until.SoAsync(() => pair.CablesToB[0].Taken >= 3);

        pair.CablesToB[0].Revive();

        var number = 0;
        await Until.SoAsync(() =>
        {
            pair.A.Send(pair.ToB(Die0), Said.Word(++number));
            return pair.AtB.Frames(pair.ToA(Die0)).Any();
        });
        NeverClosed(pair);
    }

    [Fact]
    public async Task Relink_ByBothAtOnce_LeavesOneConnection()
    {
        await using var pair = new GrpcPair { Options = AsShipped };
        await pair.StartAsync();

        for (var times = 0; times < 5; times++)
        {
            var taken = Taken();
            await Until.SoAsync(() =>
            {
                // Again and again, as a link that misses its acks does: a wish that meets the last round's attempt, which
                // may still be under way, is served by that one.
                Parallel.Invoke(() => pair.A.Relink(pair.ToB(Die0)), () => pair.B.Relink(pair.ToA(Die0)));
                return Taken() > taken;
            });
            var number = 0;
            await Until.SoAsync(() =>
            {
                pair.A.Send(pair.ToB(Die0), Said.Beat(++number));
                pair.B.Send(pair.ToA(Die0), Said.Beat(number));
                return pair.TransportA.ConnectionCount(pair.ToB(Die0)) == 1
                    && pair.TransportB.ConnectionCount(pair.ToA(Die0)) == 1;
            });
        }

        NeverClosed(pair);

        int Taken() => pair.CablesToB[0].Taken + pair.CablesToA[0].Taken;
    }

    private static void NeverClosed(GrpcPair pair)
    {
        foreach (var (sink, link) in new[] { (pair.AtA, pair.ToB(Die0)), (pair.AtB, pair.ToA(Die0)) })
        {
            sink.All.SkipWhile(one => one != new Noted.Opened(link))
                .ShouldNotContain(one => one is Noted.Closed && one.Link == link);
        }
    }
}
