using System.Buffers.Binary;
using System.Numerics;
using Google.Protobuf;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport.Recording;

/// <summary>Records one behind the other in a file, each guarded: a changed byte is found wherever it is, and told from an end that is
/// missing because the program was killed.</summary>
internal static class RecordStream
{
    /// <summary>Largest record: a step that brought the largest snapshot.</summary>
    private const int RecordBytesMax = CodecLimits.BulkBytesMax + (1024 * 1024);

    private const int HeadLength = 12;

    private static readonly byte[] Magic = "CRASREC1"u8.ToArray();

    /// <returns>Bytes written.</returns>
    public static int Begin(Stream output)
    {
        output.Write(Magic);
        return Magic.Length;
    }

    /// <returns>Bytes written.</returns>
    public static int Write(Stream output, V1.Record record)
    {
        var body = record.ToByteArray();
        Span<byte> head = stackalloc byte[HeadLength];
        BinaryPrimitives.WriteInt32LittleEndian(head, body.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[4..], Sum(head[..4]));
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], Sum(body));
        output.Write(head);
        output.Write(body);
        return HeadLength + body.Length;
    }

    /// <summary>Throws <see cref="InvalidDataException"/> for anything else than the beginning of a recording.</summary>
    public static void Open(Stream input)
    {
        Span<byte> magic = stackalloc byte[Magic.Length];
        if (
            input.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) < magic.Length
            || !magic.SequenceEqual(Magic)
        )
        {
            throw new InvalidDataException("this is no recording of rasd");
        }
    }

    /// <summary>The next record; null: the end, or the last one is not whole. Throws <see cref="InvalidDataException"/> for a record that is
    /// not what was written.</summary>
    public static V1.Record? Read(Stream input)
    {
        var head = new byte[HeadLength];
        if (input.ReadAtLeast(head, HeadLength, throwOnEndOfStream: false) < HeadLength)
        {
            return null;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(head);
        if (
            BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4)) != Sum(head.AsSpan(0, 4))
            || length is < 0 or > RecordBytesMax
        )
        {
            throw new InvalidDataException("its length is damaged");
        }

        var body = new byte[length];
        if (input.ReadAtLeast(body, length, throwOnEndOfStream: false) < length)
        {
            return null;
        }

        if (BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(8)) != Sum(body))
        {
            throw new InvalidDataException("it is damaged");
        }

        return ProtoBytes.TryParse(V1.Record.Parser, body, out var record, out var reason)
            ? record
            : throw new InvalidDataException($"it cannot be read: {reason}");
    }

    // CRC-32C: one instruction for eight bytes.
    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = uint.MaxValue;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            sum = BitOperations.Crc32C(sum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var one in bytes)
        {
            sum = BitOperations.Crc32C(sum, one);
        }

        return ~sum;
    }
}
