using System.Buffers.Binary;
using ClusterRas.Fabric;

namespace ClusterRas.Sentry;

/// <summary>The 40 bytes of a <see cref="NodeMessage"/>: little-endian, with a hole of four bytes before the eid.</summary>
/// <remarks>They carry no version, length or checksum; what is not exactly this is refused.</remarks>
public static class NodeMessageCodec
{
    /// <summary>Bytes of a message.</summary>
    public const int Size = 40;

    private const int HoleAt = 20;
    private const int EidAt = 24;

    /// <summary>Writes one message into <see cref="Size"/> bytes.</summary>
    public static void Write(NodeMessage message, Span<byte> bytes)
    {
        bytes[..Size].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)message.Type);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], message.Cna);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], message.TimeoutMs);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], message.RandomId);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], message.Result);
        message.Eid.CopyTo(bytes[EidAt..]);
    }

    /// <summary>Reads what came as one message.</summary>
    /// <returns>False for another size, an unknown kind, bytes in the hole, or an event with a window over an hour.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out NodeMessage message)
    {
        message = default;
        if (bytes.Length != Size || BinaryPrimitives.ReadUInt32LittleEndian(bytes[HoleAt..]) != 0)
        {
            return false;
        }

        message = new NodeMessage(
            (NodeMessageType)BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]),
            Eid.FromBytes(bytes[EidAt..])
        );
        return message.Type switch
        {
            NodeMessageType.Panic or NodeMessageType.KernelReboot => message
                is { TimeoutMs: <= Limits.WindowMsMax, Result: 0, Cna: <= 0xFFFFFF },
            NodeMessageType.PanicAck or NodeMessageType.KernelRebootAck => message
                is { TimeoutMs: 0, RandomId: 0, Cna: <= 0xFFFFFF },
            NodeMessageType.Heartbeat or NodeMessageType.HeartbeatAck => message
                is { Cna: 0, TimeoutMs: 0, RandomId: 0, Result: 0 },
            _ => false,
        };
    }
}
