using System.Buffers;
using System.Buffers.Binary;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Uvb;

/// <summary>Frames of one class on their way out: one after the other, each behind its length, cut where a window is full.</summary>
/// <remarks>
/// A call costs a millisecond whatever it carries, so small frames share one and large ones take several. Only the link's thread is
/// here. A frame is encoded when the peer has room for it, never before.
/// </remarks>
internal sealed class UvbSendLane(UvbSession session, bool isBulk) : IBufferWriter<byte>
{
    private const int LengthBytes = 4;
    private const int KeptBytesMax = 64 * 1024;

    private byte[] staged = new byte[4096];
    private int stagedTo;
    private int stagedFrom;
    private uint sent;
    private uint taken;

    /// <summary>What the peer takes at once; from its answer.</summary>
    public uint Window { get; set; }

    /// <summary>Nothing of a frame is left to send.</summary>
    public bool IsEmpty => stagedFrom == stagedTo;

    private int MaxBytes => isBulk ? CodecLimits.BulkBytesMax : CodecLimits.FrameBytesMax;

    /// <summary>The peer has taken so many since the beginning; also on the port's thread.</summary>
    public void NoteTaken(uint count)
    {
        // Older news may come later, and nothing is taken that was not sent; differences are of the circle of 32 bits.
        var before = Volatile.Read(ref taken);
        while (count - before <= Volatile.Read(ref sent) - before && count != before)
        {
            var found = Interlocked.CompareExchange(ref taken, count, before);
            if (found == before)
            {
                return;
            }

            before = found;
        }
    }

    /// <summary>The next part, of at most this many bytes; empty: there is nothing, or no room for it at the peer.</summary>
    public ReadOnlySpan<byte> Next(int bytesMax)
    {
        if (sent - Volatile.Read(ref taken) >= Window)
        {
            return default;
        }

        if (IsEmpty)
        {
            Clear();
        }

        while (
            stagedTo - stagedFrom < bytesMax
            && (isBulk ? session.Queue.TryTakeBulk() : session.Queue.TryTake()) is { } frame
        )
        {
            Stage(frame);
        }

        return staged.AsSpan(stagedFrom, Math.Min(bytesMax, stagedTo - stagedFrom));
    }

    /// <summary>That part leaves now, and is counted: the peer may tell that it has it before its answer is seen.</summary>
    /// <returns>Its number.</returns>
    public uint NoteLeaving()
    {
        var number = sent;
        Volatile.Write(ref sent, number + 1);
        return number;
    }

    /// <summary>That part has been answered.</summary>
    public void NoteSent(int bytes) => stagedFrom += bytes;

    public void Advance(int count) => stagedTo += count;

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        var needed = stagedTo + Math.Max(sizeHint, 1);
        if (needed > staged.Length)
        {
            Array.Resize(ref staged, Math.Max(needed, staged.Length * 2));
        }

        return staged.AsSpan(stagedTo);
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException("frames are written as spans");

    private void Stage(Frame frame)
    {
        var now = session.Link.Now;
        if (Freshness.DecidedAt(frame.Message) is { } decided && now - decided > session.Link.FreshFor)
        {
            session.Link.Dropped($"decided {(now - decided).TotalMilliseconds:0} ms ago");
            return;
        }

        var begin = stagedTo;
        GetSpan(LengthBytes);
        Advance(LengthBytes);
        var size = FrameCodec.Encode(frame, now, this);
        stagedTo = begin + LengthBytes + size;
        if (size > MaxBytes)
        {
            stagedTo = begin;
            session.Link.Dropped($"frame of {size} bytes");
            return;
        }

        BinaryPrimitives.WriteInt32LittleEndian(staged.AsSpan(begin), size);
    }

    private void Clear()
    {
        stagedFrom = stagedTo = 0;
        if (staged.Length > KeptBytesMax)
        {
            staged = new byte[4096];
        }
    }
}
