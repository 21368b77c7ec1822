using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using ClusterRas.Fabric;
using static System.Buffers.Binary.BinaryPrimitives;

namespace ClusterRas.Sentry;

/// <summary>The 88 bytes of a device record, in both layouts. Source: struct smh_msg, smh_common_type.h.</summary>
/// <remarks>Little-endian; x86-64 and aarch64 have the same offsets.</remarks>
public static class DeviceRecordCodec
{
    /// <summary>Bytes of a record; a read of any other size gets nothing from the kernel.</summary>
    public const int Length = 88;

    private const ulong NoWindow = ulong.MaxValue;
    private const int NumaNodeCount = 8;
    private const int EidFieldLength = 40;

    // Layout A has the timeout where layout B has the type.
    private const int LayoutProbeAt = 24;

    private const int BodyAt = 32;
    private const int ResAt = 80;

    /// <summary>Reads a record and finds out its layout. Never throws.</summary>
    /// <remarks>
    /// Tells the layouts apart by the 4 bytes at 24: the type in B (at most 10), the low half of the timeout in A
    /// (never under 1000 in a record that is delivered). The version cannot tell them: both say 1.6.
    /// </remarks>
    public static DeviceRecordReading Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length)
        {
            return Refuse(DeviceRecordRefusal.WrongLength, $"{bytes.Length} bytes instead of {Length}");
        }

        var layout = LayoutOf(bytes);
        var type = ReadInt32LittleEndian(bytes[TypeAt(layout)..]);
        var msgid = ReadUInt64LittleEndian(bytes[MsgidAt(layout)..]);
        var start = ReadUInt64LittleEndian(bytes[(MsgidAt(layout) + 8)..]);
        var timeout = ReadUInt64LittleEndian(bytes[(MsgidAt(layout) + 16)..]);
        if (msgid == 0)
        {
            return Refuse(DeviceRecordRefusal.NoMsgid, $"msgid 0 in a record of type {type}, layout {layout}");
        }

        ulong? window = timeout == NoWindow ? null : timeout;
        var body = bytes[BodyAt..ResAt];
        return (MessageType)type switch
        {
            MessageType.PowerOff => Take(new DeviceRecord.PowerOff(msgid, start, window), layout),
            MessageType.OutOfMemory => Take(ReadOutOfMemory(body, msgid, start, window), layout),
            MessageType.Panic => ReadRemote(
                body,
                layout,
                (cna, eid) => new DeviceRecord.Panic(msgid, start, window, cna, eid)
            ),
            MessageType.KernelReboot => ReadRemote(
                body,
                layout,
                (cna, eid) => new DeviceRecord.KernelReboot(msgid, start, window, cna, eid)
            ),
            MessageType.MemoryFault => Take(ReadMemoryFault(body, msgid, start, window), layout),
            MessageType.LinkChange => ReadLinkChange(body, layout, msgid, start, window),
            _ => Refuse(DeviceRecordRefusal.UnknownType, $"type {type} is none that the kernel gives, layout {layout}"),
        };
    }

    /// <summary>Writes a record as a kernel of that layout would: for drills and for tests.</summary>
    /// <exception cref="ArgumentException">Not 8 NUMA nodes, or a window so short that A would read as B.</exception>
    public static byte[] Write(DeviceRecord record, DeviceRecordLayout layout)
    {
        var bytes = new byte[Length];
        WriteUInt64LittleEndian(bytes.AsSpan(MsgidAt(layout)), record.Msgid);
        WriteUInt64LittleEndian(bytes.AsSpan(MsgidAt(layout) + 8), record.StartSendTimeNs);
        WriteUInt64LittleEndian(bytes.AsSpan(MsgidAt(layout) + 16), record.TimeoutMs ?? NoWindow);
        var type = WriteBody(record, bytes.AsSpan()[BodyAt..ResAt]);
        WriteInt32LittleEndian(bytes.AsSpan(TypeAt(layout)), (int)type);
        return LayoutOf(bytes) == layout
            ? bytes
            : throw new ArgumentException("Layout A cannot hold a window of 10 ms or less.", nameof(record));
    }

    /// <summary>The argument of <see cref="DeviceIoctl.MsgAck"/> that answers a record.</summary>
    /// <remarks>
    /// It is the record itself with its result filled in: so the msgid stands where this kernel put it, whatever the
    /// layout is. The kernel looks at nothing else.
    /// </remarks>
    /// <param name="record">The 88 bytes as they were read.</param>
    /// <param name="result">Power-off: 0 goes on, else a veto. Out of memory: pages freed. Else no effect.</param>
    /// <exception cref="ArgumentException">Not 88 bytes.</exception>
    public static byte[] WriteAck(ReadOnlySpan<byte> record, ulong result)
    {
        if (record.Length != Length)
        {
            throw new ArgumentException("A device record has 88 bytes.", nameof(record));
        }

        var ack = record.ToArray();
        WriteUInt64LittleEndian(ack.AsSpan(ResAt), result);
        return ack;
    }

    /// <summary>The layout that 88 bytes are in; see <see cref="Read"/>.</summary>
    private static DeviceRecordLayout LayoutOf(ReadOnlySpan<byte> bytes) =>
        ReadUInt32LittleEndian(bytes[LayoutProbeAt..]) <= (uint)MessageType.Unknown
            ? DeviceRecordLayout.B
            : DeviceRecordLayout.A;

    private static int TypeAt(DeviceRecordLayout layout) => layout == DeviceRecordLayout.A ? 0 : 24;

    private static int MsgidAt(DeviceRecordLayout layout) => layout == DeviceRecordLayout.A ? 8 : 0;

    private static DeviceRecord.OutOfMemory ReadOutOfMemory(
        ReadOnlySpan<byte> body,
        ulong msgid,
        ulong start,
        ulong? window
    )
    {
        var nodes = ImmutableArray.CreateBuilder<int>(NumaNodeCount);
        for (var i = 0; i < NumaNodeCount; i++)
        {
            nodes.Add(ReadInt32LittleEndian(body[(4 + (4 * i))..]));
        }

        return new DeviceRecord.OutOfMemory(
            msgid,
            start,
            window,
            NodeCount: ReadInt32LittleEndian(body),
            nodes.MoveToImmutable(),
            IsSync: ReadInt32LittleEndian(body[36..]) != 0,
            AnnouncedTimeoutMs: ReadInt32LittleEndian(body[40..]),
            (ReclaimReason)ReadInt32LittleEndian(body[44..])
        );
    }

    private static DeviceRecord.MemoryFault ReadMemoryFault(
        ReadOnlySpan<byte> body,
        ulong msgid,
        ulong start,
        ulong? window
    ) =>
        new(
            msgid,
            start,
            window,
            PhysicalAddress: ReadUInt64LittleEndian(body),
            Mode: ReadInt32LittleEndian(body[8..]),
            IsKilling: ReadInt32LittleEndian(body[12..]) != 0,
            RawType: ReadInt32LittleEndian(body[16..])
        );

    private static DeviceRecordReading ReadRemote(
        ReadOnlySpan<byte> body,
        DeviceRecordLayout layout,
        Func<Cna, Eid, DeviceRecord> make
    )
    {
        var field = body.Slice(4, EidFieldLength);
        var end = field.IndexOf((byte)0);
        if (end < 0)
        {
            return Refuse(DeviceRecordRefusal.EidNotTerminated, $"the eid has no NUL, layout {layout}");
        }

        // Latin-1 gives one character per byte, so that whatever is no hex digit is refused where it stands.
        if (!Eid.TryParse(Encoding.Latin1.GetString(field[..end]), out var eid))
        {
            var found = Convert.ToHexStringLower(field[..end]);
            return Refuse(DeviceRecordRefusal.EidMalformed, $"the eid's text (hex {found}) is no eid, layout {layout}");
        }

        return Take(make(new Cna(ReadUInt32LittleEndian(body)), eid), layout);
    }

    private static DeviceRecordReading ReadLinkChange(
        ReadOnlySpan<byte> body,
        DeviceRecordLayout layout,
        ulong msgid,
        ulong start,
        ulong? window
    )
    {
        var linkEvent = ReadInt32LittleEndian(body[8..]);
        if (linkEvent is not (0 or 1))
        {
            return Refuse(DeviceRecordRefusal.UnknownLinkEvent, $"link event {linkEvent} is neither 0 nor 1");
        }

        var port = ReadUInt16LittleEndian(body);
        var scna = new Cna(ReadUInt32LittleEndian(body[4..]));
        return Take(new DeviceRecord.LinkChange(msgid, start, window, port, scna, IsUp: linkEvent == 1), layout);
    }

    private static MessageType WriteBody(DeviceRecord record, Span<byte> body)
    {
        switch (record)
        {
            case DeviceRecord.PowerOff:
                return MessageType.PowerOff;
            case DeviceRecord.OutOfMemory oom:
                if (oom.NumaNodes is not { IsDefault: false, Length: NumaNodeCount })
                {
                    throw new ArgumentException("A record has 8 NUMA nodes, -1 where unused.", nameof(record));
                }

                WriteInt32LittleEndian(body, oom.NodeCount);
                for (var i = 0; i < NumaNodeCount; i++)
                {
                    WriteInt32LittleEndian(body[(4 + (4 * i))..], oom.NumaNodes[i]);
                }

                WriteInt32LittleEndian(body[36..], oom.IsSync ? 1 : 0);
                WriteInt32LittleEndian(body[40..], oom.AnnouncedTimeoutMs);
                WriteInt32LittleEndian(body[44..], (int)oom.Reason);
                return MessageType.OutOfMemory;
            case DeviceRecord.Panic panic:
                WriteRemote(panic.Cna, panic.Eid, body);
                return MessageType.Panic;
            case DeviceRecord.KernelReboot reboot:
                WriteRemote(reboot.Cna, reboot.Eid, body);
                return MessageType.KernelReboot;
            case DeviceRecord.MemoryFault fault:
                WriteUInt64LittleEndian(body, fault.PhysicalAddress);
                WriteInt32LittleEndian(body[8..], fault.Mode);
                WriteInt32LittleEndian(body[12..], fault.IsKilling ? 1 : 0);
                WriteInt32LittleEndian(body[16..], fault.RawType);
                return MessageType.MemoryFault;
            case DeviceRecord.LinkChange link:
                WriteUInt16LittleEndian(body, link.Port);
                WriteUInt32LittleEndian(body[4..], link.Scna.Value);
                WriteInt32LittleEndian(body[8..], link.IsUp ? 1 : 0);
                return MessageType.LinkChange;
            default:
                throw new UnreachableException();
        }
    }

    private static void WriteRemote(Cna cna, Eid eid, Span<byte> body)
    {
        WriteUInt32LittleEndian(body, cna.Value);
        Encoding.ASCII.GetBytes(eid.ToString(), body[4..]);
    }

    private static DeviceRecordReading.Taken Take(DeviceRecord record, DeviceRecordLayout layout) =>
        new(record, layout);

    private static DeviceRecordReading.Refused Refuse(DeviceRecordRefusal why, FormattableString reason) =>
        new(why, reason.ToString(CultureInfo.InvariantCulture));
}
