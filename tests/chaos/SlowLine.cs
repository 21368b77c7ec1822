using System.Diagnostics;
using ClusterRas.Protocol;

namespace ClusterRas.Chaos;

/// <summary>One direction of a slow rail: frames that wait until they are due. Instants are on <see cref="Stopwatch"/>'s clock.</summary>
/// <remarks>First the limit, then the delay: a frame needs its length's time on the line, one after the other, and then travels.</remarks>
internal sealed class SlowLine(Prng prng)
{
    /// <summary>What may wait; a frame that finds no room is dropped, and counted.</summary>
    public const int WaitingBytesMax = 256 * 1024;

    private readonly Queue<(long DueAt, byte[] Frame)> waiting = [];
    private int waitingBytes;
    private long freeAt;
    private long lastDueAt;

    /// <summary>Frames that found no room.</summary>
    public long Dropped { get; private set; }

    /// <summary>When the next frame is due; null: none waits.</summary>
    public long? NextDueAt => waiting.TryPeek(out var next) ? next.DueAt : null;

    /// <summary>A frame has come.</summary>
    public void Add(ReadOnlySpan<byte> frame, Slowness slowness, long now)
    {
        // One frame always fits, however long.
        if (waitingBytes > 0 && waitingBytes + frame.Length > WaitingBytesMax)
        {
            Dropped++;
            return;
        }

        var onLine = slowness.BytesPerSecond is { } rate ? Stopwatch.Frequency * frame.Length / rate : 0;
        freeAt = Math.Max(freeAt, now) + onLine;
        var travels = slowness.Delay + prng.Below(slowness.Jitter);
        lastDueAt = Math.Max(lastDueAt, freeAt + (long)(travels.TotalSeconds * Stopwatch.Frequency));
        waiting.Enqueue((lastDueAt, frame.ToArray()));
        waitingBytes += frame.Length;
    }

    /// <summary>The oldest frame if it is due; null: none is.</summary>
    public byte[]? TakeDue(long now)
    {
        if (!waiting.TryPeek(out var next) || next.DueAt > now)
        {
            return null;
        }

        waiting.Dequeue();
        waitingBytes -= next.Frame.Length;
        return next.Frame;
    }
}
