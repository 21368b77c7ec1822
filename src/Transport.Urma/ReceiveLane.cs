using ClusterRas.Protocol;
using ClusterRas.Transport.Urma.Native;

namespace ClusterRas.Transport.Urma;

/// <summary>Messages of one class on their way in: put in order, made whole, handed up one at a time.</summary>
/// <remarks>A message stays in its slot until its turn; slots of which nothing more is needed are posted again at once.</remarks>
internal sealed class ReceiveLane(UrmaSession session, bool isBulk, int window) : IThreadPoolWorkItem
{
    private readonly Lock gate = new();
    private readonly (int Slot, int Length, Instant At)[] waiting = NewRing(window);
    private readonly StagingBuffer whole = new();
    private uint next;
    private uint taken;
    private uint told;
    private uint total;
    private bool isRunning;

    /// <summary>How many have been taken.</summary>
    public uint Taken => Volatile.Read(ref taken);

    /// <summary>How many may come before the peer is told that some have been taken.</summary>
    public int Window => window;

    /// <summary>Nobody is at work.</summary>
    public bool IsIdle
    {
        get
        {
            lock (gate)
            {
                return !isRunning;
            }
        }
    }

    private UrmaLink Link => session.Link;

    /// <summary>What the peer knows by now of <see cref="Taken"/>.</summary>
    public uint Tell()
    {
        var now = Taken;
        Volatile.Write(ref told, now);
        return now;
    }

    /// <summary>Keeps a message for its turn; on the port's thread.</summary>
    /// <returns>False: it is no part of this session, or here already, and the slot is the caller's.</returns>
    public bool TryPlace(uint sequence, int slot, int length, Instant at)
    {
        lock (gate)
        {
            ref var place = ref waiting[sequence % (uint)window];
            if (sequence - next >= (uint)window || place.Slot >= 0 || session.IsEnding)
            {
                return false;
            }

            place = (slot, length, at);
            return true;
        }
    }

    /// <summary>Hands up what is there, on the pool.</summary>
    public void Schedule()
    {
        lock (gate)
        {
            if (isRunning || !HasNext())
            {
                return;
            }

            isRunning = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    public void Execute()
    {
        var run = RunAsync();
        if (!run.IsCompletedSuccessfully)
        {
            session.Link.Watch(run);
        }
    }

    /// <summary>When the session has ended: all slots go back.</summary>
    public void Free()
    {
        lock (gate)
        {
            for (var at = 0; at < waiting.Length; at++)
            {
                if (waiting[at].Slot >= 0)
                {
                    session.Port.Repost(waiting[at].Slot);
                    waiting[at].Slot = -1;
                }
            }
        }

        whole.Free();
    }

    private static (int, int, Instant)[] NewRing(int window)
    {
        var ring = new (int, int, Instant)[window];
        Array.Fill(ring, (-1, 0, default));
        return ring;
    }

    private bool HasNext() => session.CanHandUp && waiting[next % (uint)window].Slot >= 0;

    private async Task RunAsync()
    {
        try
        {
            while (TryTake(out var slot, out var length, out var at))
            {
                var frame = Read(slot, length, at, out var isWhole);
                session.Port.Repost(slot);
                if (frame is not null)
                {
                    await Link.ArrivedAsync(frame, session.Stop).ConfigureAwait(false);
                }

                NoteTaken(isWhole);
            }
        }
        catch (Exception ended)
        {
            lock (gate)
            {
                isRunning = false;
            }

            if (ended is not OperationCanceledException || !session.Stop.IsCancellationRequested)
            {
                Link.End(session, LinkLoss.Closed, "a frame could not be handed up", isTold: true);
                throw;
            }
        }

        session.NoteIdle();
    }

    private bool TryTake(out int slot, out int length, out Instant at)
    {
        lock (gate)
        {
            (slot, length, at) = (-1, 0, default);
            if (!HasNext())
            {
                isRunning = false;
                return false;
            }

            ref var place = ref waiting[next % (uint)window];
            (slot, length, at) = place;
            place.Slot = -1;
            next++;
            return true;
        }
    }

    /// <returns>Null: it is not whole yet, or cannot be read.</returns>
    private Frame? Read(int slot, int length, Instant at, out bool isWhole)
    {
        var bytes = session.Port.Received(slot, length);
        isWhole = false;
        if (!Packet.TryRead(bytes, out var packet))
        {
            return null;
        }

        var piece = bytes[Packet.Size..];
        if (packet.Flags == (PieceFlags.First | PieceFlags.Last))
        {
            isWhole = true;
            return Decode(piece, at);
        }

        if ((packet.Flags & PieceFlags.First) != 0)
        {
            total = packet.Total;
            whole.Clear();
        }

        var had = whole.Length;
        if (total > (uint)(isBulk ? CodecLimits.BulkBytesMax : CodecLimits.FrameBytesMax) || had + piece.Length > total)
        {
            Link.End(session, LinkLoss.Closed, "a frame is longer than it said, or than any may be", isTold: true);
            return null;
        }

        whole.Resize(had + piece.Length);
        piece.CopyTo(whole.Bytes[had..]);
        if ((packet.Flags & PieceFlags.Last) == 0)
        {
            return null;
        }

        isWhole = true;
        var frame = Decode(whole.Bytes, at);
        whole.Clear();
        return frame;
    }

    private Frame? Decode(ReadOnlySpan<byte> bytes, Instant at)
    {
        var isRead = isBulk
            ? FrameCodec.TryDecodeBulk(bytes, at, out var frame, out var reason)
            : FrameCodec.TryDecode(bytes, at, out frame, out reason);
        if (!isRead)
        {
            Link.Dropped(reason ?? "");
        }

        return isRead ? frame : null;
    }

    // Told now and then, and with everything that is sent anyway: half a window is always left to the sender.
    private void NoteTaken(bool isWhole)
    {
        Volatile.Write(ref taken, taken + 1);
        if (taken - Volatile.Read(ref told) >= Math.Max(1, window / 2))
        {
            session.TellTaken();
        }

        if (isWhole)
        {
            session.NoteHandedUp();
        }
    }
}
