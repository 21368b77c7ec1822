using ClusterRas.Protocol;

namespace ClusterRas.Transport.Tests;

public sealed class TravelTimeTests
{
    private static readonly Instant Sent = new(7_000_000_000);

    // Two nodes' clocks have nothing to do with each other.
    private static readonly Instant Came = new(900_000_000_000_000);

    [Theory]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(1000)]
    [InlineData(1001)]
    [InlineData(3_600_999)]
    public void Window_OnAnotherClock_HasTheSameTimeLeft(int leftMs)
    {
        var report = Carried(ms => Sent + TimeSpan.FromMilliseconds(ms), leftMs);

        report.WindowEnds.ShouldBe(Came + TimeSpan.FromMilliseconds(leftMs));
        report.RaisedAt.ShouldBe(Came - TimeSpan.FromMilliseconds(1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(999)]
    [InlineData(1000)]
    [InlineData(1001)]
    public void Window_AfterTwoRelays_HasLostNothing(int leftMs)
    {
        var report = Samples.Report with { RaisedAt = Sent, WindowEnds = Sent + TimeSpan.FromMilliseconds(leftMs) };
        var once = Carry(report, Sent, Came);
        var twice = Carry(once, Came, Sent);

        twice.WindowEnds.ShouldBe(report.WindowEnds);
    }

    [Fact]
    public void Window_ThatWaitedInAQueue_HasLessLeft()
    {
        var report = Samples.Report with { RaisedAt = Sent, WindowEnds = Sent + TimeSpan.FromMilliseconds(1000) };

        var late = Carry(report, Sent + TimeSpan.FromMilliseconds(400), Came);

        late.WindowEnds.ShouldBe(Came + TimeSpan.FromMilliseconds(600));
        late.RaisedAt.ShouldBe(Came - TimeSpan.FromMilliseconds(400));
    }

    [Fact]
    public void Window_BetweenTwoMicroseconds_IsNeverLonger()
    {
        var report = Samples.Report with { RaisedAt = Sent, WindowEnds = new Instant(Sent.Nanoseconds + 1_999) };

        Carry(report, Sent, Came).WindowEnds.ShouldBe(new Instant(Came.Nanoseconds + 1_000));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(-86_400_000)]
    public void Window_AlreadyOver_HasNothingLeft(int leftMs) =>
        Carried(ms => Sent + TimeSpan.FromMilliseconds(ms), leftMs).WindowEnds.ShouldBe(Came);

    [Fact]
    public void NoWindow_OnTheWire_StaysNoWindow() =>
        Carry(Samples.Report with { WindowEnds = null }, Sent, Came).WindowEnds.ShouldBeNull();

    [Fact]
    public void NoWindow_SaidAsNever_ArrivesAsNone() =>
        Carry(Samples.Report with { WindowEnds = Instant.Never }, Sent, Came).WindowEnds.ShouldBeNull();

    [Fact]
    public void NoWindow_SaidAsAllOnes_ArrivesAsNone()
    {
        var wire = FrameCodec.ToWire(new Frame(1, 0, 0, new Message.Reporting(Samples.Report)), Sent);
        wire.Reporting.Report.WindowLeftUs = ulong.MaxValue;

        FrameCodec.TryFromWire(wire, Came, out var frame, out var reason).ShouldBeTrue(reason);

        ((Message.Reporting)frame.Message).Report.WindowEnds.ShouldBeNull();
    }

    [Fact]
    public void Age_OfAWordFromTheFuture_IsZero() =>
        Carry(Samples.Report with { RaisedAt = Sent + TimeSpan.FromHours(1) }, Sent, Came).RaisedAt.ShouldBe(Came);

    [Fact]
    public void Age_LongerThanCanBeSaid_IsSaidAsTheLongest()
    {
        var report = Samples.Report with { RaisedAt = new Instant(long.MinValue) };

        Carry(report, Sent, Came).RaisedAt.ShouldBe(Came - TimeSpan.FromDays(36_525));
    }

    [Fact]
    public void Age_TooLargeFromOutside_IsRefused()
    {
        var wire = FrameCodec.ToWire(new Frame(1, 0, 0, new Message.Reporting(Samples.Report)), Sent);
        wire.Reporting.Report.AgeUs = ulong.MaxValue;

        FrameCodec.TryFromWire(wire, Came, out _, out var reason).ShouldBeFalse();

        reason.ShouldBe("duration of 18446744073709551615 us");
    }

    [Fact]
    public void Decision_OnTheWire_IsMadeAtArrival()
    {
        var answer = new Message.Answering(Samples.DeviceId, null, Verdict.Recorded, 0, new Term(1), Sent);

        var bytes = FrameCodec.Encode(new Frame(1, 0, 0, answer), Sent + TimeSpan.FromSeconds(1));

        FrameCodec.TryDecode(bytes, Came, out var frame, out var reason).ShouldBeTrue(reason);
        ((Message.Answering)frame.Message).DecidedAt.ShouldBe(Came);
    }

    [Fact]
    public void Deadline_OfACallThatWaited_IsShorter()
    {
        var start = new Message.HandlerStart(Samples.Call, 77, Sent);

        var bytes = FrameCodec.Encode(new Frame(1, 0, 0, start), Sent + TimeSpan.FromMilliseconds(300));

        FrameCodec.TryDecode(bytes, Came, out var frame, out var reason).ShouldBeTrue(reason);
        var arrived = (Message.HandlerStart)frame.Message;
        arrived.DecidedAt.ShouldBe(Came);
        arrived.Call.Deadline.ShouldBe(TimeSpan.FromMilliseconds(2200));
    }

    private static Report Carried(Func<int, Instant> ends, int leftMs) =>
        Carry(
            Samples.Report with
            {
                RaisedAt = Sent - TimeSpan.FromMilliseconds(1),
                WindowEnds = ends(leftMs),
            },
            Sent,
            Came
        );

    private static Report Carry(Report report, Instant sent, Instant came)
    {
        var bytes = FrameCodec.Encode(new Frame(1, 0, 0, new Message.Reporting(report)), sent);
        FrameCodec.TryDecode(bytes, came, out var frame, out var reason).ShouldBeTrue(reason);
        return ((Message.Reporting)frame.Message).Report;
    }
}
