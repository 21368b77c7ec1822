using System.Buffers;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Tests;

public sealed class FrameCodecTests
{
    private static readonly Instant Now = Samples.Now;

    public static TheoryData<int, string> All =>
        new(Samples.Frames.Select((frame, i) => (i, frame.Message.GetType().Name)));

    [Theory]
    [MemberData(nameof(All))]
    public void Frame_EncodedAndDecodedAtOneInstant_IsTheSame(int sample, string name)
    {
        var frame = Samples.Frames.ElementAt(sample);
        frame.Message.GetType().Name.ShouldBe(name);

        var bytes = FrameCodec.Encode(frame, Now);

        FrameCodec.TryDecode(bytes, Now, out var back, out var reason).ShouldBeTrue(reason);
        back.ShouldBe(frame with { SentAt = Now });
    }

    [Fact]
    public void Frame_WrittenToABuffer_IsTheSameBytes()
    {
        foreach (var frame in Samples.Frames)
        {
            var buffer = new ArrayBufferWriter<byte>();

            var size = FrameCodec.Encode(frame, Now, buffer);

            size.ShouldBe(buffer.WrittenCount);
            buffer.WrittenSpan.ToArray().ShouldBe(FrameCodec.Encode(frame, Now));
        }
    }

    [Fact]
    public void Frame_InTwoSegments_IsDecoded()
    {
        var frame = Samples.Frames.First();
        var bytes = FrameCodec.Encode(frame, Now);
        var first = new Segment(bytes.AsMemory(0, 10), null);
        var last = new Segment(bytes.AsMemory(10), first);

        var sequence = new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);

        FrameCodec.TryDecode(sequence, Now, out var back, out var reason).ShouldBeTrue(reason);
        back.ShouldBe(frame with { SentAt = Now });
    }

    [Fact]
    public void Decoding_MoreThanTheLimit_IsRefused()
    {
        FrameCodec.TryDecode(new byte[CodecLimits.FrameBytesMax + 1], Now, out _, out var reason).ShouldBeFalse();

        reason.ShouldBe("frame of 4194305 bytes");
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
