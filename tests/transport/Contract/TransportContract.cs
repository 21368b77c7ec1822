using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Tests;

/// <summary>What every transport passes. A subclass says how a pair of its kind is made.</summary>
public abstract partial class TransportContract
{
    private static readonly Die Die0 = TransportPair.Die0;
    private static readonly Die Die1 = TransportPair.Die1;

    // The shortest of the transports' own patiences with a peer that says nothing.
    private static readonly TimeSpan BreaksConnections = TimeSpan.FromMilliseconds(500);

    protected abstract TransportPair CreatePair();

    /// <summary>A link is carried by several wires, and reports go over all: where one has no room for a copy, a later copy on it is
    /// ahead of what still waits on the other. Each wire by itself keeps the order.</summary>
    protected virtual bool CopiesOvertake => false;

    [Fact]
    public async Task Start_OfBothEnds_OpensEveryLinkOnce()
    {
        await using var pair = CreatePair();

        await pair.StartAsync();
        await pair.AtA.WaitForAsync(new Noted.Opened(pair.Self));

        pair.AtA.All.Count(one => one is Noted.Opened).ShouldBe(3);
        pair.AtB.All.ShouldBe([new Noted.Opened(pair.ToA(Die0)), new Noted.Opened(pair.ToA(Die1))], ignoreOrder: true);
    }

    [Fact]
    public async Task Start_WithoutThePeer_SaysWhyThereIsNoLink()
    {
        await using var pair = CreatePair();

        await pair.StartAAsync();

        var all = await pair.AtA.WaitForLastAsync(pair.ToB(Die0), open: false);
        all.OfType<Noted.Closed>()
            .First(closed => closed.Link == pair.ToB(Die0))
            .Loss.ShouldBeOneOf(LinkLoss.Refused, LinkLoss.Unreachable);
    }

    [Fact]
    public async Task Peer_StartingLater_IsFound()
    {
        await using var pair = CreatePair();
        await pair.StartAAsync();
        await pair.AtA.WaitForLastAsync(pair.ToB(Die0), open: false);

        await pair.StartBAsync();

        await pair.OpenAsync();
    }

    [Fact]
    public Task Frames_OnOneLink_ArriveInOrder() =>
        WithoutAStandstillAsync(async pair =>
        {
            for (var batch = 0; batch < 20; batch++)
            {
                for (var i = 0; i < 100; i++)
                {
                    pair.A.Send(pair.ToB(Die0), Said.Word((batch * 100) + i)).ShouldBe(SendOutcome.Queued);
                }

                await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), (batch + 1) * 100);
            }

            pair.AtB.Frames(pair.ToA(Die0))
                .Select(frame => frame.Sequence)
                .ShouldBe(Enumerable.Range(0, 2000).Select(i => (ulong)i));
        });

    [Fact]
    public async Task Frames_OfEveryKind_Arrive()
    {
        await using var pair = CreatePair();
        await pair.StartAsync();
        var frames = Samples.Frames.ToArray();

        for (var i = 0; i < frames.Length; i++)
        {
            pair.A.Send(pair.ToB(Die1), frames[i]).ShouldBe(SendOutcome.Queued);
            await pair.AtB.WaitForFramesAsync(pair.ToA(Die1), i + 1);
        }

        pair.AtB.Frames(pair.ToA(Die1))
            .Select(frame => frame.Message.GetType())
            .ShouldBe(frames.Select(frame => frame.Message.GetType()));
    }

    [Fact]
    public Task Frames_ManyBothWaysOnBothRails_AllArrive() =>
        WithoutAStandstillAsync(async pair =>
        {
            const int Each = 5_000;
            await Task.WhenAll(
                SendAsync(pair.A, pair.ToB(Die0), pair.AtB, pair.ToA(Die0), Each),
                SendAsync(pair.A, pair.ToB(Die1), pair.AtB, pair.ToA(Die1), Each),
                SendAsync(pair.B, pair.ToA(Die0), pair.AtA, pair.ToB(Die0), Each),
                SendAsync(pair.B, pair.ToA(Die1), pair.AtA, pair.ToB(Die1), Each)
            );

            foreach (var die in new[] { Die0, Die1 })
            {
                Numbers(pair.AtB, pair.ToA(die)).ShouldBe(Enumerable.Range(0, Each), ignoreOrder: CopiesOvertake);
                Numbers(pair.AtA, pair.ToB(die)).ShouldBe(Enumerable.Range(0, Each), ignoreOrder: CopiesOvertake);
            }
        });

    [Fact]
    public async Task Frame_ToItself_GoesThroughTheWire()
    {
        await using var pair = CreatePair();
        await pair.StartAsync();
        await pair.AtA.WaitForLastAsync(pair.Self, open: true);

        pair.A.Send(pair.Self, Said.Beat(7)).ShouldBe(SendOutcome.Queued);

        await pair.AtA.WaitForFramesAsync(pair.Self, 1);
        pair.AtA.Frames(pair.Self).ShouldBe([Said.Beat(7)]);
    }

    [Fact]
    public async Task Frame_Always_SaysWhenItWasSentByItsSendersClock()
    {
        await using var pair = CreatePair();
        await pair.StartAsync();
        var before = ClockA() - TimeSpan.FromMilliseconds(1);

        pair.A.Send(pair.ToB(Die0), Said.Beat(7)).ShouldBe(SendOutcome.Queued);

        await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 1);
        var sentAt = pair.AtB.Stamps.Single().ShouldNotBeNull();
        sentAt.ShouldBeInRange(before, ClockA());
    }

    [Fact]
    public async Task Window_OfAWord_ArrivesOnThePeersClock()
    {
        await using var pair = CreatePair();
        await pair.StartAsync();
        var nowAtA = ClockA();
        var ends = nowAtA + TimeSpan.FromSeconds(30);
        var word = new Message.Reporting(Samples.Report with { RaisedAt = nowAtA, WindowEnds = ends });

        pair.A.Send(pair.ToB(Die0), new Frame(1, 0, 0, word)).ShouldBe(SendOutcome.Queued);

        await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 1);
        var report = ((Message.Reporting)pair.AtB.Frames(pair.ToA(Die0)).Single().Message).Report;
        var left = report.WindowEnds!.Value - ClockB();
        left.ShouldBeInRange(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Frame_LargerThanAllowed_IsDroppedAndSaid()
    {
        await using var pair = CreatePair();
        await pair.StartAsync();

        pair.A.Send(pair.ToB(Die0), Said.LargeAppend(1, CodecLimits.FrameBytesMax)).ShouldBe(SendOutcome.Queued);
        pair.A.Send(pair.ToB(Die0), Said.Word(2)).ShouldBe(SendOutcome.Queued);

        await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 1);
        pair.AtB.Frames(pair.ToA(Die0)).Single().Sequence.ShouldBe(2ul);
        pair.AtA.All.OfType<Noted.Dropped>().Single().Link.ShouldBe(pair.ToB(Die0));
        pair.AtA.All.ShouldNotContain(one =>
            one is Noted.Closed && one.Link == pair.ToB(Die0) && IsAfterOpen(pair, one)
        );
    }

    [Fact]
    public async Task Frame_NearlyAsLargeAsAllowed_Arrives()
    {
        await using var pair = CreatePair();
        await pair.StartAsync();
        var large = Said.LargeAppend(1, CodecLimits.FrameBytesMax - 1000);

        pair.A.Send(pair.ToB(Die0), large).ShouldBe(SendOutcome.Queued);

        await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 1);
        (pair.AtB.Frames(pair.ToA(Die0)).Single() == large).ShouldBeTrue();
    }

    [Theory]
    [InlineData(4064)]
    [InlineData(4065)]
    [InlineData(4096)]
    [InlineData(4097)]
    public async Task Frame_OfAboutASlot_ArrivesWhole(int bytes)
    {
        await using var pair = CreatePair();
        await pair.StartAsync();
        var frame = Said.LargeAppend(
            1,
            bytes - (FrameCodec.Encode(Said.LargeAppend(1, bytes), Instant.Zero).Length - bytes)
        );
        FrameCodec.Encode(frame, Instant.Zero).Length.ShouldBe(bytes);

        pair.A.Send(pair.ToB(Die0), frame).ShouldBe(SendOutcome.Queued);

        await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 1);
        (pair.AtB.Frames(pair.ToA(Die0)).Single() == frame).ShouldBeTrue();
    }

    [Fact]
    public async Task Snapshot_LargerThanAFrame_ArrivesAndHoldsUpNothing()
    {
        await using var pair = CreatePair();
        await pair.StartAsync();
        var snapshot = Said.Snapshot(1, [.. Enumerable.Range(1, 90).Select(i => Said.LargeEntry(i, 60_000))]);

        pair.A.Send(pair.ToB(Die0), snapshot).ShouldBe(SendOutcome.Queued);
        pair.A.Send(pair.ToB(Die0), Said.Word(2)).ShouldBe(SendOutcome.Queued);

        await pair.AtB.WaitForFramesAsync(pair.ToA(Die0), 2);
        Numbers(pair.AtB, pair.ToA(Die0)).ShouldBe([1, 2], ignoreOrder: true);
        pair.AtB.Frames(pair.ToA(Die0)).Any(frame => frame == snapshot).ShouldBeTrue();
    }

    /// <summary>The clock that the pair gave A.</summary>
    protected abstract Instant ClockA();

    /// <summary>The clock that the pair gave B, far from A's.</summary>
    protected abstract Instant ClockB();

    protected static IEnumerable<int> Numbers(RecordingSink sink, LinkId link) =>
        sink.Frames(link).Select(frame => (int)frame.Sequence);

    /// <summary>Plays a story on open links; anew, if this process was seen to stand still.</summary>
    /// <remarks>A machine that stands still for seconds breaks connections, and what was on them is gone. One that breaks without that
    /// is the transport's doing, and fails the test.</remarks>
    private async Task WithoutAStandstillAsync(Func<TransportPair, Task> story)
    {
        const int RoundsMax = 3;
        for (var round = 1; ; round++)
        {
            await using var standstill = new Standstill();
            await using var pair = CreatePair();
            try
            {
                await pair.StartAsync();
                await story(pair);
                return;
            }
            catch (Exception e) when (round < RoundsMax && standstill.Longest >= BreaksConnections)
            {
                TestContext.Current.TestOutputHelper?.WriteLine(
                    $"round {round} stood still for {standstill.Longest}: {e.Message}"
                );
            }
        }
    }

    private static async Task SendAsync(ITransport from, LinkId link, RecordingSink at, LinkId arriving, int count)
    {
        for (var sent = 0; sent < count; )
        {
            if (from.Send(link, Said.Word(sent)) == SendOutcome.Queued)
            {
                sent++;
            }
            else
            {
                await at.WaitForFramesAsync(arriving, sent - 100);
                await Task.Yield();
            }
        }

        await at.WaitForFramesAsync(arriving, count);
    }

    /// <summary>Before a link opens for the first time it may have failed to.</summary>
    private static bool IsAfterOpen(TransportPair pair, Noted what)
    {
        foreach (var sink in new[] { pair.AtA, pair.AtB })
        {
            var all = sink.All;
            var at = Array.FindLastIndex(all, one => ReferenceEquals(one, what));
            if (at >= 0)
            {
                return all.Take(at).Any(one => one is Noted.Opened && one.Link == what.Link);
            }
        }

        return false;
    }
}
