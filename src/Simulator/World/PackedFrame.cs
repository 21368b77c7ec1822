using ClusterRas.Protocol;
using ClusterRas.Transport;

namespace ClusterRas.Simulator.World;

/// <summary>A frame on the wire: the bytes that the product sends, whose times are ages and remaining durations.</summary>
internal sealed class PackedFrame
{
    private const int FlipsMax = 8;
    private readonly byte[] bytes;

    public PackedFrame(Frame frame, Instant sentAt) => bytes = FrameCodec.Encode(frame, sentAt);

    private PackedFrame(byte[] bytes) => (this.bytes, IsDamaged) = (bytes, true);

    /// <summary>These are not the bytes that were sent: the door that guards the wire will not let them in.</summary>
    public bool IsDamaged { get; }

    /// <summary>The frame as the receiver reads it, on its own clock.</summary>
    /// <param name="refusal">Why the receiver cannot read it; nobody of ours sends such.</param>
    public Frame? Open(Instant now, out string? refusal) =>
        FrameCodec.TryDecode(bytes, now, out var opened, out refusal) ? opened : null;

    /// <summary>Some bits are not what they were.</summary>
    public PackedFrame Corrupted(Prng chance)
    {
        var damaged = (byte[])bytes.Clone();
        for (var i = chance.Below(FlipsMax); i >= 0; i--)
        {
            damaged[chance.Below(damaged.Length)] ^= (byte)(1 << (int)chance.Below(8));
        }

        return new PackedFrame(damaged);
    }

    /// <summary>The end is missing.</summary>
    public PackedFrame Truncated(Prng chance) => new(bytes[..(int)chance.Below(bytes.Length)]);
}
