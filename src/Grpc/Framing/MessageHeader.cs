using System.Buffers.Binary;
using Grpc.Core;

namespace Grpc.Framing;

/// <summary>The 5 bytes before each message: a flag (1: compressed) and the length, big-endian.</summary>
internal static class MessageHeader
{
    public const int Length = 5;

    public static void Write(Span<byte> header, int payloadLength)
    {
        header[0] = 0;
        BinaryPrimitives.WriteInt32BigEndian(header[1..], payloadLength);
    }

    /// <summary>The length of the message that follows, in bytes.</summary>
    /// <param name="header">At least 5 bytes.</param>
    /// <param name="encoding">What grpc-encoding said; null: nothing.</param>
    /// <param name="lengthMax">In bytes; null: no limit.</param>
    /// <param name="unknownEncoding">The code for a message in an encoding that we do not know; differs by side.</param>
    /// <exception cref="RpcException">The message cannot or may not be read.</exception>
    public static int Read(ReadOnlySpan<byte> header, string? encoding, int? lengthMax, StatusCode unknownEncoding)
    {
        if (header[0] == 1)
        {
            throw encoding is null or GrpcHeaders.Identity
                ? Failure(StatusCode.Internal, "A message has its compressed flag set, but no grpc-encoding was sent.")
                : Failure(unknownEncoding, $"The message encoding \"{encoding}\" is not supported.");
        }

        if (header[0] != 0)
        {
            throw Failure(StatusCode.Internal, $"A message starts with the unknown flag {header[0]}.");
        }

        var length = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (length > (uint)(lengthMax ?? Array.MaxLength))
        {
            throw Failure(
                StatusCode.ResourceExhausted,
                $"A received message of {length} bytes exceeds the limit of {lengthMax ?? Array.MaxLength} bytes."
            );
        }

        return (int)length;
    }

    public static void RequireSendable(int length, int? lengthMax)
    {
        if (length > lengthMax)
        {
            throw Failure(
                StatusCode.ResourceExhausted,
                $"A message of {length} bytes exceeds the sending limit of {lengthMax} bytes."
            );
        }
    }

    public static RpcException Truncated() =>
        Failure(StatusCode.Internal, "The stream ended in the middle of a message.");

    private static RpcException Failure(StatusCode code, string detail) => new(new Status(code, detail));
}
