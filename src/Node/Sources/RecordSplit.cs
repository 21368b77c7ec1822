using ClusterRas.Protocol;
using ClusterRas.Sentry;

namespace ClusterRas.Node.Sources;

/// <summary>A stretch of what was read, and what the codec makes of it.</summary>
internal readonly record struct RecordPiece(int Offset, int Length, DeviceRecordReading Reading);

/// <summary>Finds the records in what one read of a FIFO gave.</summary>
/// <remarks>
/// <para>One write is one record, but a pipe does not keep its writes apart: two that are made before the reader wakes
/// up come as one. So 128 bytes may be a cut record of 40 and a whole one, in either order, or one bad write, and no
/// rule is right for all three. (A pipe keeps them apart only if each <em>writer</em> asks for it, with O_DIRECT.)
/// </para>
/// <para>The rule: a record at the front is taken; else what is too much for a whole number of records is dropped from
/// the front; else the next place is looked for where surely a record begins. Two reads are never joined: a cut record
/// must not spoil the next one. Alone in its read, a piece of another length than 88 gives nothing, except that 88
/// bytes and then some give a record: to lose a node's last words would be worse.</para>
/// </remarks>
internal static class RecordSplit
{
    private const int Whole = DeviceRecordCodec.Length;
    private const int WindowMsMax = 3_605_000;
    private static readonly TimeSpan ClockSlack = TimeSpan.FromSeconds(1);

    /// <summary>All pieces of one read, in order, without a gap.</summary>
    public static List<RecordPiece> Split(ReadOnlySpan<byte> bytes, Instant now)
    {
        var pieces = new List<RecordPiece>();
        if (bytes.Length == Whole)
        {
            pieces.Add(new RecordPiece(0, Whole, DeviceRecordCodec.Read(bytes)));
            return pieces;
        }

        var at = 0;
        var sureAt = -1;
        while (bytes.Length - at >= Whole)
        {
            var excess = (bytes.Length - at) % Whole;
            var gap = GapBeforeSure(bytes, at, excess, ref sureAt, now);
            var front = DeviceRecordCodec.Read(bytes.Slice(at, Whole));
            var isFrontFree = gap == 0 || gap >= Whole;
            if (isFrontFree && (gap == 0 || excess == 0 || front is DeviceRecordReading.Taken))
            {
                pieces.Add(new RecordPiece(at, Whole, front));
                at += Whole;
            }
            else
            {
                var length = gap <= bytes.Length - at ? gap : excess;
                pieces.Add(Dropped(bytes, at, length));
                at += length;
            }
        }

        if (at < bytes.Length)
        {
            pieces.Add(Dropped(bytes, at, bytes.Length - at));
        }

        return pieces;
    }

    /// <summary>Bytes from here to where surely a record begins; beyond the end: nowhere.</summary>
    private static int GapBeforeSure(ReadOnlySpan<byte> bytes, int at, int excess, ref int sureAt, Instant now)
    {
        var isExcessFirst = excess > 0 && IsSure(bytes[(at + excess)..], now);
        if (IsSure(bytes[at..], now))
        {
            // A record cut short can be made whole by the first byte of the next one, where that is 0.
            return isExcessFirst && IsCutRecord(bytes.Slice(at, excess), now) ? excess : 0;
        }

        if (isExcessFirst)
        {
            return excess;
        }

        // Looked for once: without the memory a long read of garbage would be searched again for each record in it.
        if (sureAt <= at)
        {
            sureAt = at + 1;
            while (sureAt < bytes.Length && !IsSure(bytes[sureAt..], now))
            {
                sureAt++;
            }

            sureAt = sureAt < bytes.Length ? sureAt : int.MaxValue / 2;
        }

        return sureAt - at;
    }

    /// <summary>The codec takes it, every byte without a meaning is 0, and its times can be true.</summary>
    /// <remarks>
    /// The codec alone takes too much where the place is a guess: a power-off is little more than zeros, and reads as
    /// one with another msgid when it is read a byte too early.
    /// </remarks>
    private static bool IsSure(ReadOnlySpan<byte> bytes, Instant now) =>
        bytes.Length >= Whole
        && DeviceRecordCodec.Read(bytes[..Whole])
            is DeviceRecordReading.Taken { Record: var record, Layout: var layout }
        && record.TimeoutMs is null or (> 0 and <= WindowMsMax)
        && record.StartSendTimeNs <= (ulong)(now + ClockSlack).Nanoseconds
        && DeviceRecordCodec.Write(record, layout).AsSpan().SequenceEqual(bytes[..Whole]);

    private static bool IsCutRecord(ReadOnlySpan<byte> bytes, Instant now)
    {
        Span<byte> padded = stackalloc byte[Whole];
        bytes.CopyTo(padded);
        return IsSure(padded, now);
    }

    private static RecordPiece Dropped(ReadOnlySpan<byte> bytes, int at, int length) =>
        new(
            at,
            length,
            length == Whole
                ? DeviceRecordCodec.Read(bytes.Slice(at, length))
                : new DeviceRecordReading.Refused(DeviceRecordRefusal.WrongLength, $"{length} bytes instead of {Whole}")
        );
}
