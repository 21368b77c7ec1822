using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;

namespace ClusterRas.Transport;

/// <summary>Generated messages to bytes and back; foreign bytes never throw.</summary>
internal static class ProtoBytes
{
    public static byte[] ToArray(IMessage message)
    {
        var size = message.CalculateSize();
        if (size == 0)
        {
            return [];
        }

        var bytes = new byte[size];
        message.WriteTo(bytes.AsSpan());
        return bytes;
    }

    /// <summary>Writes in one piece; returns how many bytes.</summary>
    public static int Write(IMessage message, IBufferWriter<byte> output)
    {
        var size = message.CalculateSize();
        if (size > 0)
        {
            message.WriteTo(output.GetSpan(size)[..size]);
            output.Advance(size);
        }

        return size;
    }

    public static bool TryParse<T>(
        MessageParser<T> parser,
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out T? message,
        [NotNullWhen(false)] out string? reason
    )
        where T : class, IMessage<T>
    {
        try
        {
            message = parser.ParseFrom(bytes);
            reason = null;
            return true;
        }
        catch (InvalidProtocolBufferException e)
        {
            message = null;
            reason = e.Message;
            return false;
        }
    }

    public static bool TryParse<T>(
        MessageParser<T> parser,
        in ReadOnlySequence<byte> bytes,
        [NotNullWhen(true)] out T? message,
        [NotNullWhen(false)] out string? reason
    )
        where T : class, IMessage<T>
    {
        if (bytes.IsSingleSegment)
        {
            return TryParse(parser, bytes.FirstSpan, out message, out reason);
        }

        try
        {
            message = parser.ParseFrom(bytes);
            reason = null;
            return true;
        }
        catch (InvalidProtocolBufferException e)
        {
            message = null;
            reason = e.Message;
            return false;
        }
    }
}
