using ClusterRas.Fabric;

namespace ClusterRas.Sentry.Tests;

/// <summary>The 40 bytes that kernels send each other, as recorded, and nothing that is not them.</summary>
public sealed class NodeMessageCodecTests
{
    private static readonly Eid From = new(0, 0x0a01);

    [Theory]
    [InlineData("0200000056341200b8880000efbeadde000000000000000000000000000000000000000000000a01")]
    [InlineData("0300000056341200b8880000efbeadde000000000000000000000000000000000000000000000a01")]
    [InlineData("05000000563412000000000000000000000000000000000000000000000000000000000000000a01")]
    [InlineData("06000000563412000000000000000000070000000000000000000000000000000000000000000a01")]
    [InlineData("07000000000000000000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("08000000000000000000000000000000000000000000000000000000000000000000000000000000")]
    public void Recorded_IsReadAndWrittenAgain(string hex)
    {
        var bytes = Convert.FromHexString(hex);

        NodeMessageCodec.TryRead(bytes, out var message).ShouldBeTrue();

        var again = new byte[NodeMessageCodec.Size];
        NodeMessageCodec.Write(message, again);
        again.ShouldBe(bytes);
    }

    [Fact]
    public void Panic_IsWhatItSays()
    {
        var hex = "0200000056341200b8880000efbeadde000000000000000000000000000000000000000000000a01";

        NodeMessageCodec.TryRead(Convert.FromHexString(hex), out var message).ShouldBeTrue();

        message.ShouldBe(new NodeMessage(NodeMessageType.Panic, 0x123456, 35_000, 0xdeadbeef, 0, From));
        message.AckWith(7).ShouldBe(new NodeMessage(NodeMessageType.PanicAck, 0x123456, 0, 0, 7, From));
        NodeMessage.HeartbeatAck.AckWith(0).ShouldBeNull();
    }

    [Theory]
    [InlineData(0, 4)] // no such kind
    [InlineData(0, 9)]
    [InlineData(1, 1)]
    [InlineData(7, 1)] // a CNA of 32 bits
    [InlineData(11, 1)] // a window of days
    [InlineData(16, 1)] // a result in an event
    [InlineData(20, 1)] // something in the hole
    [InlineData(23, 255)]
    public void Corrupted_IsRefused(int at, byte value)
    {
        var bytes = new byte[NodeMessageCodec.Size];
        NodeMessageCodec.Write(new NodeMessage(NodeMessageType.Panic, 1, 35_000, 7, 0, From), bytes);
        bytes[at] = value;

        NodeMessageCodec.TryRead(bytes, out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(39)]
    [InlineData(41)]
    public void AnotherSize_IsRefused(int length) => NodeMessageCodec.TryRead(new byte[length], out _).ShouldBeFalse();
}
