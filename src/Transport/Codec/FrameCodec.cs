using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using ClusterRas.Protocol;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport;

/// <summary>Frames as bytes. Times leave as durations and come back on the receiver's clock.</summary>
/// <remarks>
/// "Now" is the instant of handing to the wire when encoding, and of arrival when decoding; what waited in a queue has
/// thereby aged. Source: proto/clusterras/v1/link.proto.
/// </remarks>
public static class FrameCodec
{
    private static readonly Google.Protobuf.MessageParser<V1.Frame> Parser = V1.Frame.Parser.WithDiscardUnknownFields(
        true
    );

    /// <summary>Encodes in one piece.</summary>
    /// <returns>How many bytes. Do not send more than <see cref="CodecLimits.FrameBytesMax"/>.</returns>
    public static int Encode(Frame frame, Instant now, IBufferWriter<byte> output) =>
        ProtoBytes.Write(MessageWriter.Write(frame, now), output);

    /// <summary>Encodes into an array of its own; see the other overload.</summary>
    public static byte[] Encode(Frame frame, Instant now) => ProtoBytes.ToArray(MessageWriter.Write(frame, now));

    /// <summary>For wires that carry generated messages themselves.</summary>
    public static V1.Frame ToWire(Frame frame, Instant now) => MessageWriter.Write(frame, now);

    /// <summary>Reads one whole frame of at most <see cref="CodecLimits.FrameBytesMax"/>.</summary>
    /// <returns>False, with the reason, for anything that no node of ours sends. Never throws.</returns>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes,
        Instant now,
        [NotNullWhen(true)] out Frame? frame,
        [NotNullWhen(false)] out string? reason
    )
    {
        frame = null;
        if (bytes.Length > CodecLimits.FrameBytesMax)
        {
            reason = $"frame of {bytes.Length} bytes";
            return false;
        }

        return ProtoBytes.TryParse(Parser, bytes, out var wire, out reason)
            && TryFromWire(wire, now, out frame, out reason);
    }

    /// <summary>Reads one whole frame out of a pipe's buffer.</summary>
    /// <returns>False, with the reason, for anything that no node of ours sends. Never throws.</returns>
    public static bool TryDecode(
        in ReadOnlySequence<byte> bytes,
        Instant now,
        [NotNullWhen(true)] out Frame? frame,
        [NotNullWhen(false)] out string? reason
    )
    {
        frame = null;
        if (bytes.Length > CodecLimits.FrameBytesMax)
        {
            reason = $"frame of {bytes.Length} bytes";
            return false;
        }

        return ProtoBytes.TryParse(Parser, bytes, out var wire, out reason)
            && TryFromWire(wire, now, out frame, out reason);
    }

    /// <summary>Reads a frame that came in pieces on the bulk stream: a snapshot, and nothing else.</summary>
    /// <returns>False, with the reason, for anything else. Never throws.</returns>
    public static bool TryDecodeBulk(
        ReadOnlySpan<byte> bytes,
        Instant now,
        [NotNullWhen(true)] out Frame? frame,
        [NotNullWhen(false)] out string? reason
    )
    {
        frame = null;
        if (bytes.Length > CodecLimits.BulkBytesMax)
        {
            reason = $"bulk frame of {bytes.Length} bytes";
            return false;
        }

        if (!ProtoBytes.TryParse(Parser, bytes, out var wire, out reason))
        {
            return false;
        }

        if (wire.MessageCase != V1.Frame.MessageOneofCase.InstallSnapshot)
        {
            reason = $"{wire.MessageCase} on the bulk stream";
            return false;
        }

        return TryFromWire(wire, now, out frame, out reason);
    }

    /// <summary>For wires that carry generated messages themselves; they bound the size.</summary>
    /// <returns>False, with the reason, for anything that no node of ours sends. Never throws.</returns>
    public static bool TryFromWire(
        V1.Frame wire,
        Instant now,
        [NotNullWhen(true)] out Frame? frame,
        [NotNullWhen(false)] out string? reason
    )
    {
        var check = new FieldCheck();
        var message = MessageReader.Read(wire, now, ref check);
        reason = check.Refusal;
        frame = reason is null
            ? new Frame(wire.Sequence, wire.AckHighest, wire.AckBits, message)
            {
                SentAt = SentAt(wire.SentAtUs),
                Lineage = new Lineage(wire.Lineage),
            }
            : null;
        return frame is not null && reason is null;
    }

    // What is beyond a clock of nanoseconds is no time.
    private static Instant? SentAt(ulong microseconds) =>
        microseconds is > 0 and <= long.MaxValue / 1000 ? new Instant((long)microseconds * 1000) : null;
}
