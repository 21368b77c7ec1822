using System.Threading.Channels;
using ClusterRas.Protocol;

namespace ClusterRas.Transport;

/// <summary>What waits to leave on one connection. Any thread puts in; one pump for each lane takes out.</summary>
/// <remarks>
/// Bounded. When it is full, bulk goes first, then the oldest frame of which a later one says the same, and what has no
/// such copy stays: the newcomer is refused. Beats are not queued: a later one takes the earlier one's slot, and leaves
/// before everything else.
/// </remarks>
public sealed class LinkQueue
{
    /// <summary>Frames of events and bulk together. Default 512.</summary>
    public const int FramesMaxDefault = 512;

    /// <summary>Frames of bulk. Default 4.</summary>
    public const int BulkFramesMaxDefault = 4;

    private readonly Lock gate = new();
    private readonly FrameRing events;
    private readonly FrameRing bulk;
    private readonly HashSet<CopyKey> laterKeys = [];
    private readonly Channel<bool> eventSignal = Signal();
    private readonly Channel<bool> bulkSignal = Signal();
    private readonly int framesMax;
    private Frame? heartbeat;
    private Frame? linkAck;
    private bool isComplete;
    private long beatsReplaced;
    private long bulkShed;
    private long copiesShed;
    private long refused;

    /// <summary>An empty queue.</summary>
    /// <param name="framesMax">Most frames of events and bulk together, at least 1.</param>
    /// <param name="bulkFramesMax">Most frames of bulk, at least 1.</param>
    public LinkQueue(int framesMax = FramesMaxDefault, int bulkFramesMax = BulkFramesMaxDefault)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(framesMax, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bulkFramesMax, 1);
        this.framesMax = framesMax;
        events = new FrameRing(framesMax);
        bulk = new FrameRing(Math.Min(bulkFramesMax, framesMax));
    }

    /// <summary>How it stands.</summary>
    public LinkQueueCounts Counts
    {
        get
        {
            lock (gate)
            {
                var beats = (heartbeat is null ? 0 : 1) + (linkAck is null ? 0 : 1);
                return new LinkQueueCounts(
                    events.Count + bulk.Count + beats,
                    beatsReplaced,
                    bulkShed,
                    copiesShed,
                    refused
                );
            }
        }
    }

    /// <summary>Takes a frame in, or refuses it. Never waits.</summary>
    /// <returns><see cref="SendOutcome.LinkDown"/> after <see cref="Complete"/>.</returns>
    public SendOutcome Enqueue(Frame frame)
    {
        var kind = FrameClasses.Of(frame.Message);
        lock (gate)
        {
            if (isComplete)
            {
                return SendOutcome.LinkDown;
            }

            var isIn = kind switch
            {
                FrameClass.Beat => PutBeat(frame),
                FrameClass.Bulk => PutBulk(frame),
                _ => PutEvent(frame),
            };
            if (!isIn)
            {
                refused++;
                return SendOutcome.Full;
            }
        }

        (kind == FrameClass.Bulk ? bulkSignal : eventSignal).Writer.TryWrite(true);
        return SendOutcome.Queued;
    }

    /// <summary>The next beat or event; waits for one. For one caller at a time.</summary>
    /// <returns>Null: the queue is complete and this lane is empty.</returns>
    public ValueTask<Frame?> TakeAsync(CancellationToken stop) => TakeAsync(isBulk: false, stop);

    /// <summary>The next frame of bulk; waits for one. For one caller at a time.</summary>
    /// <returns>Null: the queue is complete and this lane is empty.</returns>
    public ValueTask<Frame?> TakeBulkAsync(CancellationToken stop) => TakeAsync(isBulk: true, stop);

    /// <summary>The next beat or event, if there is one; for wires that are told otherwise when they can send.</summary>
    public Frame? TryTake() => TryTake(isBulk: false);

    /// <summary>The next frame of bulk, if there is one.</summary>
    public Frame? TryTakeBulk() => TryTake(isBulk: true);

    /// <summary>Nothing more comes in; what is there can still be taken.</summary>
    public void Complete()
    {
        lock (gate)
        {
            isComplete = true;
        }

        eventSignal.Writer.TryComplete();
        bulkSignal.Writer.TryComplete();
    }

    // One signal is enough, however many frames came: the pump empties its lane before it waits again.
    private static Channel<bool> Signal() =>
        Channel.CreateBounded<bool>(
            new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }
        );

    private async ValueTask<Frame?> TakeAsync(bool isBulk, CancellationToken stop)
    {
        var signal = (isBulk ? bulkSignal : eventSignal).Reader;
        while (true)
        {
            if (TryTake(isBulk) is { } frame)
            {
                return frame;
            }

            if (!await signal.WaitToReadAsync(stop).ConfigureAwait(false))
            {
                // What came in between the last look and the end.
                return TryTake(isBulk);
            }

            signal.TryRead(out _);
        }
    }

    private Frame? TryTake(bool isBulk)
    {
        lock (gate)
        {
            if (isBulk)
            {
                return bulk.Take();
            }

            if (heartbeat is { } beat)
            {
                heartbeat = null;
                return beat;
            }

            if (linkAck is { } ack)
            {
                linkAck = null;
                return ack;
            }

            return events.Take();
        }
    }

    private bool PutBeat(Frame frame)
    {
        ref var slot = ref frame.Message is Message.LinkAck ? ref linkAck : ref heartbeat;
        if (slot is not null)
        {
            beatsReplaced++;
        }

        slot = frame;
        return true;
    }

    private bool PutBulk(Frame frame)
    {
        // A newer snapshot stands for the older one, and a transfer that has begun is out of the queue already.
        var key = CopyKey.Of(frame.Message);
        for (var at = bulk.Count - 1; at >= 0; at--)
        {
            if (bulk[at] is { } waiting && CopyKey.Of(waiting.Message) == key)
            {
                bulk.RemoveAt(at);
                bulkShed++;
            }
        }

        if (bulk.IsFull || events.Count + bulk.Count >= framesMax)
        {
            return false;
        }

        bulk.Add(frame);
        return true;
    }

    private bool PutEvent(Frame frame)
    {
        if (events.Count + bulk.Count >= framesMax && !MakeRoom(frame))
        {
            return false;
        }

        events.Add(frame);
        return true;
    }

    private bool MakeRoom(Frame incoming)
    {
        if (bulk.Take() is not null)
        {
            bulkShed++;
            return true;
        }

        laterKeys.Clear();
        laterKeys.Add(CopyKey.Of(incoming.Message));
        var oldestCopy = -1;
        for (var at = events.Count - 1; at >= 0; at--)
        {
            if (events[at] is { } waiting && !laterKeys.Add(CopyKey.Of(waiting.Message)))
            {
                oldestCopy = at;
            }
        }

        if (oldestCopy < 0)
        {
            return false;
        }

        events.RemoveAt(oldestCopy);
        copiesShed++;
        return true;
    }
}
