using System.Buffers;
using System.Buffers.Binary;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Uvb;

/// <summary>Parts of one lane on their way in: kept until their turn, made into frames, handed up one at a time on the pool.</summary>
internal sealed class UvbReceiveLane(UvbSession session, bool isBulk, int window) : IThreadPoolWorkItem
{
    private const int LengthBytes = 4;
    private const int KeptBytesMax = 64 * 1024;

    private readonly Lock gate = new();
    private readonly Queue<(byte[] Bytes, int Length, Instant At)> waiting = new(window);
    private readonly byte[] length = new byte[LengthBytes];
    private ArrayBufferWriter<byte> whole = new();
    private uint next;
    private uint taken;
    private uint told;
    private int lengthRead;
    private int readTo;
    private bool isRunning;

    /// <summary>Nobody is at work, and nothing waits.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (gate)
            {
                return !isRunning && waiting.Count == 0;
            }
        }
    }

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

    /// <summary>So much has been taken since the peer was told that it shall hear of it now.</summary>
    public bool IsNewsDue => Volatile.Read(ref taken) - Volatile.Read(ref told) >= Math.Max(1, window / 2);

    private int MaxBytes => isBulk ? CodecLimits.BulkBytesMax : CodecLimits.FrameBytesMax;

    /// <summary>How many parts have been taken; what the peer knows from now on.</summary>
    public uint Tell()
    {
        var now = Volatile.Read(ref taken);
        Volatile.Write(ref told, now);
        return now;
    }

    /// <summary>Keeps a part for its turn; on the port's thread.</summary>
    /// <returns>False: it is not the next one, or there is no room, and then the peer does not keep to what it was told.</returns>
    public bool TryPlace(uint sequence, ReadOnlySpan<byte> part, Instant at)
    {
        lock (gate)
        {
            if (sequence != next || waiting.Count >= window)
            {
                return false;
            }

            var bytes = ArrayPool<byte>.Shared.Rent(part.Length);
            part.CopyTo(bytes);
            waiting.Enqueue((bytes, part.Length, at));
            next++;
        }

        Schedule();
        return true;
    }

    /// <summary>Hands up what is there, on the pool.</summary>
    public void Schedule()
    {
        lock (gate)
        {
            if (isRunning || waiting.Count == 0 || !session.CanHandUp)
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

    private async Task RunAsync()
    {
        try
        {
            while (TryTake(out var bytes, out var count, out var at))
            {
                readTo = 0;
                while (TryRead(bytes.AsSpan(0, count), at, out var frame))
                {
                    if (frame is not null)
                    {
                        await session.Link.ArrivedAsync(frame, session.Stop).ConfigureAwait(false);
                    }
                }

                ArrayPool<byte>.Shared.Return(bytes);
                Volatile.Write(ref taken, taken + 1);
                if (IsNewsDue)
                {
                    session.Link.Ring();
                }
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
                session.RequestEnd("a frame could not be handed up");
                throw;
            }
        }

        session.Link.Ring();
    }

    private bool TryTake(out byte[] bytes, out int count, out Instant at)
    {
        lock (gate)
        {
            if (!session.CanHandUp || !waiting.TryDequeue(out var part))
            {
                (bytes, count, at) = ([], 0, default);
                isRunning = false;
                return false;
            }

            (bytes, count, at) = part;
            return true;
        }
    }

    /// <returns>False: this part has no more of it.</returns>
    private bool TryRead(ReadOnlySpan<byte> part, Instant at, out Frame? frame)
    {
        frame = null;
        while (lengthRead < LengthBytes && readTo < part.Length)
        {
            length[lengthRead++] = part[readTo++];
        }

        if (lengthRead < LengthBytes)
        {
            return false;
        }

        var total = BinaryPrimitives.ReadUInt32LittleEndian(length);
        if (total > (uint)MaxBytes)
        {
            session.RequestEnd("a frame is longer than any may be");
            readTo = part.Length;
            return false;
        }

        var rest = part[readTo..];
        var missing = (int)total - whole.WrittenCount;
        if (rest.Length < missing)
        {
            whole.Write(rest);
            readTo = part.Length;
            return false;
        }

        readTo += missing;
        lengthRead = 0;
        if (whole.WrittenCount == 0)
        {
            frame = Decode(rest[..missing], at);
            return true;
        }

        whole.Write(rest[..missing]);
        frame = Decode(whole.WrittenSpan, at);
        whole.ResetWrittenCount();
        if (whole.Capacity > KeptBytesMax)
        {
            whole = new ArrayBufferWriter<byte>();
        }

        return true;
    }

    private Frame? Decode(ReadOnlySpan<byte> bytes, Instant at)
    {
        var isRead = isBulk
            ? FrameCodec.TryDecodeBulk(bytes, at, out var frame, out var reason)
            : FrameCodec.TryDecode(bytes, at, out frame, out reason);
        if (!isRead)
        {
            session.Link.Dropped(reason ?? "");
        }

        return isRead ? frame : null;
    }
}
