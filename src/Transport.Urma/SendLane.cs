using ClusterRas.Protocol;
using ClusterRas.Transport.Urma.Native;

namespace ClusterRas.Transport.Urma;

/// <summary>Frames of one class on their way out of one session: no more at once than the peer has said it takes.</summary>
/// <remarks>
/// Nobody waits here. Whoever has news (a frame, room at the peer, a free slot) calls <see cref="Pump"/>; one caller does
/// the work, for the others too. Bulk, and what is large, is encoded on the pool, so that the sender goes on.
/// </remarks>
internal sealed class SendLane : IThreadPoolWorkItem
{
    private const int EntriesInlineMax = 8;

    private readonly UrmaSession session;
    private readonly bool isBulk;
    private readonly StagingBuffer staging = new();
    private readonly FrameWriter writer;
    private int wishes;
    private int stagedAt;
    private uint sent;
    private uint taken;
    private uint window;

    public SendLane(UrmaSession session, bool isBulk)
    {
        this.session = session;
        this.isBulk = isBulk;
        writer = new FrameWriter(staging);
    }

    /// <summary>Nobody is at work.</summary>
    public bool IsIdle => Volatile.Read(ref wishes) == 0;

    /// <summary>All that was given to it is on its way.</summary>
    public bool IsEmpty => staging.Length == 0;

    /// <summary>How many messages it has sent.</summary>
    public uint Sent => Volatile.Read(ref sent);

    private UrmaLink Link => session.Link;

    /// <summary>What the peer takes at once; from its offer.</summary>
    public void Open(uint messages) => Volatile.Write(ref window, messages);

    /// <summary>The peer has taken so many since the beginning.</summary>
    /// <returns>True: that is news.</returns>
    public bool NoteTaken(uint count)
    {
        var before = Volatile.Read(ref taken);
        // Older news may come later; differences are of the circle of 32 bits.
        if ((int)(count - before) <= 0 || count - before > window)
        {
            return false;
        }

        return Interlocked.CompareExchange(ref taken, count, before) == before;
    }

    /// <summary>Sends now what can be sent, or soon, where this frame takes long to encode.</summary>
    public void PumpFor(Frame frame)
    {
        if (isBulk || frame.Message is Message.AppendEntries { Entries.Count: > EntriesInlineMax })
        {
            Schedule();
        }
        else
        {
            Pump();
        }
    }

    public void Schedule() => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);

    public void Execute() => Pump();

    /// <summary>Sends what can be sent.</summary>
    public void Pump()
    {
        if (Interlocked.Increment(ref wishes) != 1)
        {
            return;
        }

        var seen = 1;
        do
        {
            seen = Volatile.Read(ref wishes);
            while (SendOne()) { }
        } while (Interlocked.Add(ref wishes, -seen) != 0);

        session.NoteIdle();
    }

    /// <summary>When nobody will be at work any more.</summary>
    public void Free() => staging.Free();

    /// <returns>False: there is nothing, or no room for it; somebody will say when there is.</returns>
    private bool SendOne()
    {
        if (!session.CanSend || sent - Volatile.Read(ref taken) >= Volatile.Read(ref window))
        {
            return false;
        }

        var port = session.Port;
        var slot = port.TakeSlot();
        if (slot < 0)
        {
            return false;
        }

        if (staging.Length > 0)
        {
            return SendPiece(port, slot);
        }

        if ((isBulk ? session.Queue.TryTakeBulk() : session.Queue.TryTake()) is not { } frame)
        {
            port.GiveBack(slot);
            return false;
        }

        return SendFrame(port, slot, frame);
    }

    private bool SendFrame(UrmaPort port, int slot, Frame frame)
    {
        var now = Link.Now;
        if (Freshness.DecidedAt(frame.Message) is { } decided && now - decided > Link.FreshFor)
        {
            port.GiveBack(slot);
            Link.Dropped($"decided {(now - decided).TotalMilliseconds:0} ms ago");
            return true;
        }

        writer.Begin(port, slot);
        var size = FrameCodec.Encode(frame, now, writer);
        if (size > (isBulk ? CodecLimits.BulkBytesMax : CodecLimits.FrameBytesMax))
        {
            staging.Clear();
            port.GiveBack(slot);
            Link.Dropped($"frame of {size} bytes");
            return true;
        }

        stagedAt = 0;
        return writer.IsInSlot || size == 0
            ? Post(port, slot, size, PieceFlags.First | PieceFlags.Last, (uint)size)
            : SendPiece(port, slot);
    }

    private bool SendPiece(UrmaPort port, int slot)
    {
        var length = Math.Min(UrmaPort.SlotBytes - Packet.Size, staging.Length - stagedAt);
        staging.Bytes.Slice(stagedAt, length).CopyTo(port.Sending(slot)[Packet.Size..]);
        var flags = stagedAt == 0 ? PieceFlags.First : PieceFlags.None;
        var total = stagedAt == 0 ? (uint)staging.Length : 0;
        stagedAt += length;
        if (stagedAt == staging.Length)
        {
            flags |= PieceFlags.Last;
            staging.Clear();
        }

        return Post(port, slot, length, flags, total);
    }

    private bool Post(UrmaPort port, int slot, int length, PieceFlags flags, uint total)
    {
        var packet = session.NewPacket(PacketKind.Data) with
        {
            Lane = isBulk ? (byte)1 : (byte)0,
            Flags = flags,
            Sequence = sent,
            Total = total,
        };
        Volatile.Write(ref sent, sent + 1);
        packet.Write(port.Sending(slot));
        if (session.Post(slot, Packet.Size + length))
        {
            return true;
        }

        port.GiveBack(slot);
        Link.End(session, LinkLoss.Closed, "the device took a message no more", isTold: false);
        return false;
    }
}
