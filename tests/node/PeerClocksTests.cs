using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Node.Tests;

public sealed class PeerClocksTests
{
    private static readonly NodeId Here = new(0);
    private static readonly NodeId There = new(1);

    private readonly Hand here = new() { UnixMs = 1_000_000 };
    private readonly Hand there = new() { UnixMs = 1_000_000 };

    [Fact]
    public void Clock_ThatWasNotTold_IsNotKnown()
    {
        var clocks = new PeerClocks(Here, here);

        clocks.AheadOfMs(There).ShouldBeNull();
        clocks.AheadOfMs(Here).ShouldBe(0);
        clocks.Note(There, Beat());
        clocks.AheadOfMs(There).ShouldBeNull("an older rasd says nothing");
    }

    [Fact]
    public void Way_IsTakenForNoDifference_IfOneHeartbeatWasFast()
    {
        var clocks = new PeerClocks(Here, here);
        there.UnixMs = 994_000;
        foreach (var wayMs in (int[])[900, 2, 400])
        {
            var frame = new PeerClocks(There, there).Stamp(Beat());
            here.UnixMs += wayMs;
            clocks.Note(There, frame);
            there.UnixMs += wayMs;
        }

        clocks.AheadOfMs(There).ShouldBe(6_002);
    }

    [Fact]
    public void Clock_ThatIsSet_IsKnownAfterSomeHeartbeats()
    {
        var clocks = new PeerClocks(Here, here);
        clocks.Note(There, new PeerClocks(There, there).Stamp(Beat()));
        clocks.AheadOfMs(There).ShouldBe(0);
        here.UnixMs += 50_000;
        for (var beat = 0; beat < 32; beat++)
        {
            clocks.Note(There, new PeerClocks(There, there).Stamp(Beat()));
        }

        clocks.AheadOfMs(There).ShouldBe(50_000);
    }

    [Fact]
    public void Frame_ThatIsNoHeartbeat_IsLeftAlone()
    {
        var frame = new Frame(1, 0, 0, new Message.LinkAck());

        new PeerClocks(Here, here).Stamp(frame).ShouldBeSameAs(frame);
    }

    private static Frame Beat() => new(1, 0, 0, new Message.Heartbeat(new Life(new BootId(1), 0), []));

    private sealed class Hand : TimeProvider
    {
        public long UnixMs { get; set; }

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(UnixMs);
    }
}
