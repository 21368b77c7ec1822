using System.Buffers.Binary;

namespace ClusterRas.Transport.Uvb;

/// <summary>What a call of ours is about.</summary>
internal enum PacketKind : byte
{
    /// <summary>Asks for a session; the answer names the peer's tag.</summary>
    Hello = 1,

    /// <summary>A part of a lane: frames, or pieces of one.</summary>
    Data,

    /// <summary>Says how much has been taken, and sees whether the peer is there.</summary>
    Probe,

    /// <summary>The session is over; all before it has been answered.</summary>
    Bye,

    /// <summary>The same, and the link was closed on purpose.</summary>
    ByeOfLink,
}

/// <summary>The 32 bytes before what a call of ours carries; all numbers little-endian.</summary>
/// <param name="From">The sender's tag for this session.</param>
/// <param name="To">The receiver's; zero in a hello.</param>
/// <param name="Sequence">Of data in its lane, from zero.</param>
/// <param name="EventsTaken">Parts of the lane of events taken here since the session began.</param>
/// <param name="BulkTaken">Of the lane of bulk.</param>
internal readonly record struct UvbPacket(
    PacketKind Kind,
    byte Lane,
    uint From,
    uint To,
    uint Sequence,
    uint EventsTaken,
    uint BulkTaken
)
{
    public const int Size = 32;

    /// <summary>Of a window, what no frame has: this, and the answer at a multiple of 8.</summary>
    public const int OverheadMax = Size + UvbAnswer.Size;

    /// <summary>Changes with every change that an older node cannot read.</summary>
    public const byte Version = 1;

    // "RASV"
    private const uint Magic = 0x5653_4152;

    public void Write(Span<byte> bytes)
    {
        bytes[..Size].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Magic);
        bytes[4] = Version;
        bytes[5] = (byte)Kind;
        bytes[6] = Lane;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], From);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], To);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], Sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[20..], EventsTaken);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], BulkTaken);
    }

    /// <returns>False: it is not ours, or of a version that is not known here.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out UvbPacket packet)
    {
        packet = default;
        if (
            bytes.Length < Size
            || BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic
            || bytes[4] != Version
            || bytes[5] is < (byte)PacketKind.Hello or > (byte)PacketKind.ByeOfLink
            || bytes[6] > 1
        )
        {
            return false;
        }

        packet = new UvbPacket(
            (PacketKind)bytes[5],
            bytes[6],
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[20..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[24..])
        );
        return true;
    }
}

/// <summary>Who a hello is from and to: what it carries behind the packet.</summary>
internal readonly record struct UvbNames(ushort FromNode, ushort ToNode, byte Die)
{
    public const int Size = 8;

    public void Write(Span<byte> bytes)
    {
        bytes[..Size].Clear();
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, FromNode);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[2..], ToNode);
        bytes[4] = Die;
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out UvbNames names)
    {
        names =
            bytes.Length == Size
                ? new UvbNames(
                    BinaryPrimitives.ReadUInt16LittleEndian(bytes),
                    BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]),
                    bytes[4]
                )
                : default;
        return bytes.Length == Size;
    }
}

/// <summary>What is answered to a call of ours that was taken.</summary>
/// <param name="Tag">The answerer's for this session.</param>
/// <param name="EventsTaken">Parts of the caller's lane of events that are handed up.</param>
/// <param name="BulkTaken">Of the lane of bulk.</param>
/// <param name="EventWindow">How many parts may be under way to the answerer.</param>
/// <param name="BulkWindow">Of bulk.</param>
internal readonly record struct UvbAnswer(
    uint Tag,
    uint EventsTaken,
    uint BulkTaken,
    ushort EventWindow,
    ushort BulkWindow
)
{
    public const int Size = 16;

    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, Tag);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[4..], EventsTaken);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[8..], BulkTaken);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[12..], EventWindow);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[14..], BulkWindow);
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out UvbAnswer answer)
    {
        answer = default;
        if (bytes.Length != Size)
        {
            return false;
        }

        answer = new UvbAnswer(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[12..]),
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[14..])
        );
        return answer is { Tag: > 0, EventWindow: > 0 and <= 1024, BulkWindow: > 0 and <= 1024 };
    }
}
