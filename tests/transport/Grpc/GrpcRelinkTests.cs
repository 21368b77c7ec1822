using ClusterRas.Fabric;
using ClusterRas.Transport.Grpc;

namespace ClusterRas.Transport.Tests;

/// <summary>A second connection beside one that may be dead: which one is used, which one ends.</summary>
public sealed class GrpcRelinkTests
{
    private static readonly Die Die0 = TransportPair.Die0;

    // The clock stands still and nobody pings: nothing but a newer connection helps, however slow the machine is.
    private static readonly GrpcTransportOptions OnlyRelinks = new()
    {
        Clock = static () => default,
        FreshFor = TimeSpan.MaxValue,
        PingEvery = TimeSpan.FromHours(1),
    };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Relink_OfASilentlyDeadConnection_CarriesFrames(bool byFirst)
    {
        await using var pair = new GrpcPair { Options = OnlyRelinks };
        await pair.StartAsync();
        var (from, link, at, arriving) = byFirst
            ? (pair.A, pair.ToB(Die0), pair.AtB, pair.ToA(Die0))
            : (pair.B, pair.ToA(Die0), pair.AtA, pair.ToB(Die0));
        from.Send(link, Said.Word(1));
        await at.WaitForFramesAsync(arriving, 1);

        pair.CablesToB[0].Freeze();
        from.Send(link, Said.Word(2));
        from.Relink(link);
        var number = 2;
        await Until.SoAsync(() =>
        {
            from.Send(link, Said.Word(++number));
            return at.Frames(arriving).Count() > 1;
        });

        NeverClosed(pair);
    }

    [Fact]
    public async Task Relink_UnderLoadOfASilentlyDeadConnection_FreesTheQueue()
    {
        await using var pair = new GrpcPair { Options = OnlyRelinks };
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
            Options = OnlyRelinks with { OpenWithin = TimeSpan.FromMilliseconds(200) },
        };
        await pair.StartAsync();
        // The first attempts may take longer than that, and leave a link that opens and closes.
        var (atA, atB) = (pair.AtA.All.Length, pair.AtB.All.Length);
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
        NeverClosed(pair, atA, atB);
    }

    [Fact]
    public async Task Relink_ByBothAtOnce_LeavesOneConnection()
    {
        await using var pair = new GrpcPair { Options = OnlyRelinks };
        await pair.StartAsync();

        for (var times = 0; times < 3; times++)
        {
            var (ofA, ofB) = (Newest(pair.A, pair.ToB(Die0)), Newest(pair.B, pair.ToA(Die0)));
            await Task.WhenAll(
                Task.Run(() => pair.A.Relink(pair.ToB(Die0)), TestContext.Current.CancellationToken),
                Task.Run(() => pair.B.Relink(pair.ToA(Die0)), TestContext.Current.CancellationToken)
            );
            var number = 0;
            await Until.SoAsync(() =>
            {
                pair.A.Send(pair.ToB(Die0), Said.Beat(++number));
                pair.B.Send(pair.ToA(Die0), Said.Beat(number));
                return Newest(pair.A, pair.ToB(Die0)) != ofA
                    && Newest(pair.B, pair.ToA(Die0)) != ofB
                    && pair.TransportA.ConnectionCount(pair.ToB(Die0)) == 1
                    && pair.TransportB.ConnectionCount(pair.ToA(Die0)) == 1;
            });
        }

        NeverClosed(pair);

        static LinkConnection? Newest(ITransport of, LinkId link) => ((GrpcNode)of).Transport.NewestConnection(link);
    }

    private static void NeverClosed(GrpcPair pair, int afterA = 0, int afterB = 0)
    {
        foreach (
            var (sink, link, after) in new[] { (pair.AtA, pair.ToB(Die0), afterA), (pair.AtB, pair.ToA(Die0), afterB) }
        )
        {
            sink.All.Skip(after)
                .SkipWhile(one => after == 0 && one != new Noted.Opened(link))
                .ShouldNotContain(one => one is Noted.Closed && one.Link == link);
        }
    }
}
