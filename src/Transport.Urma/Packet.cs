using System.Buffers.Binary;

namespace ClusterRas.Transport.Urma;

/// <summary>What a message of ours is.</summary>
internal enum PacketKind : byte
{
    /// <summary>Asks for a session: who, to whom, and how much may be sent here.</summary>
    Hello = 1,

    /// <summary>The answer to a hello, and to the answer: names both tags.</summary>
    Welcome,

    /// <summary>A frame, or a piece of one.</summary>
    Data,

    /// <summary>Says how much has been taken.</summary>
    Taken,

    /// <summary>Says nothing: it is sent to see whether it arrives.</summary>
    Probe,

    /// <summary>The session is over; what was sent before it counts.</summary>
    Bye,
}

/// <summary>The 32 bytes before each message of ours; all numbers little-endian.</summary>
/// <param name="From">The sender's tag for this session.</param>
/// <param name="To">The receiver's; zero in a hello.</param>
/// <param name="Sequence">Of its lane, from zero.</param>
/// <param name="EventsTaken">Of the lane of events, taken here since the session began.</param>
/// <param name="BulkTaken">Of the lane of bulk.</param>
/// <param name="Total">Bytes of the whole frame, in its first piece.</param>
internal readonly record struct Packet(
    PacketKind Kind,
    byte Lane,
    PieceFlags Flags,
    uint From,
    uint To,
    uint Sequence,
    uint EventsTaken,
    uint BulkTaken,
    uint Total
)
{
    /// <summary>Bytes of it.</summary>
    public const int Size = 32;

    /// <summary>Changes with every change that an older node cannot read.</summary>
    public const byte Version = 1;

    // "RASU"; the first four bytes of a kernel's message are a small number.
    private const uint Magic = 0x5553_4152;

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        bytes[4] = Version;
        bytes[5] = (byte)Kind;
        bytes[6] = Lane;
        bytes[7] = (byte)Flags;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], From);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], To);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], Sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[20..], EventsTaken);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], BulkTaken);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[28..], Total);
    }

    /// <returns>False: it is not ours, or of a version that is not known here.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Packet packet)
    {
        packet = default;
        if (
            bytes.Length < Size
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic
            || bytes[4] != Version
            || bytes[5] is < (byte)PacketKind.Hello or > (byte)PacketKind.Bye
            || bytes[6] > 1
        )
        {
            return false;
        }

        packet = new Packet(
            (PacketKind)bytes[5],
            bytes[6],
            (PieceFlags)bytes[7],
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..])
        );
        return true;
    }
}

/// <summary>Where in its frame a piece is; a small frame is both. Of a goodbye, what it ends.</summary>
[Flags]
internal enum PieceFlags : byte
{
    None = 0,
    First = 1,
    Last = 2,

    /// <summary>The link was closed on purpose; without it only this wire goes.</summary>
    Link = 4,
}

/// <summary>What hello and welcome carry behind the packet.</summary>
/// <param name="FromNode">Who says it.</param>
/// <param name="ToNode">Whom it is meant for.</param>
/// <param name="Die">On which rail.</param>
/// <param name="Events">How many messages of events may be under way to the sender.</param>
/// <param name="Bulk">How many of bulk.</param>
internal readonly record struct SessionOffer(ushort FromNode, ushort ToNode, byte Die, ushort Events, ushort Bulk)
{
    public const int Size = 10;

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, FromNode);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], ToNode);
        bytes[4] = Die;
        bytes[5] = 0;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[6..], Events);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[8..], Bulk);
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out SessionOffer offer)
    {
        offer = default;
        if (bytes.Length != Size)
        {
            return false;
        }

        offer = new SessionOffer(
            BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]),
            bytes[4],
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..])
        );
        return offer is { Events: > 0 and <= 1024, Bulk: > 0 and <= 1024 };
    }
}
