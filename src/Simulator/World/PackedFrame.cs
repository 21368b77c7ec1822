using ClusterRas.Protocol;
using ClusterRas.Transport;

namespace ClusterRas.Simulator.World;

/// <summary>A frame on the wire: the bytes that the product sends, whose times are ages and remaining durations.</summary>
internal sealed class PackedFrame(Frame frame, Instant sentAt)
{
    private readonly byte[] bytes = FrameCodec.Encode(frame, sentAt);

    /// <summary>The frame as the receiver reads it, on its own clock.</summary>
    /// <param name="refusal">Why the receiver cannot read it; nobody of ours sends such.</param>
    public Frame? Open(Instant now, out string? refusal) =>
        FrameCodec.TryDecode(bytes, now, out var opened, out refusal) ? opened : null;
}
