using System.Diagnostics;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Sentry;
using Microsoft.Extensions.Logging;

namespace ClusterRas.Node.Sources;

/// <summary>Writes answers on a thread of its own, and only to the record that they are for (D1, D2).</summary>
internal sealed class ReleaseDesk(
    SentryDeviceOptions options,
    Func<Instant> clock,
    SentryCounters counters,
    ThreadKick kick,
    Action<Input> tell,
    ILogger log
) : IAsyncDisposable
{
    // Not a BlockingCollection: that spins before each wait, which an idle node pays for four times a second.
    private readonly Queue<Effect.Release> queue = new();
    private readonly object arrival = new();
    private bool takesNoMore;
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private readonly HeldRecords held = new(options.HeldMax);
    private SentryChannel? channel;
    private DeviceRef device;

    /// <summary>The source was opened; what was read before can no longer be answered.</summary>
    public void Open(SentryChannel opened, DeviceRef at)
    {
        lock (gate)
        {
            held.Clear();
            channel = opened;
            device = at;
        }
    }

    /// <summary>The source is about to be closed.</summary>
    public void Close()
    {
        lock (gate)
        {
            held.Clear();
            channel = null;
        }
    }

    /// <summary>A record was read; its msgid means this one from now on.</summary>
    /// <returns>False: it will not be answered, for its copies name different addresses.</returns>
    public bool Remember(Report report, ReadOnlySpan<byte> bytes, Eid? eid)
    {
        lock (gate)
        {
            held.Remember(report.Id, bytes, eid, report.WindowEnds);
            return held.Find(report.Id) is not null;
        }
    }

    public void Start() =>
        new Thread(WriteAlways) { Name = $"sentry-{options.Number} ack", IsBackground = true }.Start();

    /// <summary>Takes no more, and ends when all that it has taken is written.</summary>
    public ValueTask DisposeAsync()
    {
        lock (arrival)
        {
            takesNoMore = true;
            Monitor.Pulse(arrival);
        }

        return new ValueTask(ended.Task);
    }

    /// <summary>Takes a release and returns at once.</summary>
    public void Take(Effect.Release release)
    {
        lock (arrival)
        {
            if (takesNoMore)
            {
                // The process stops: nobody listens for an outcome any more, and the outbox still has the word.
                return;
            }

            if (queue.Count < options.ReleasesMax)
            {
                queue.Enqueue(release);
                Monitor.Pulse(arrival);
                return;
            }
        }

        Finish(release, new AckResult(ReleaseOutcome.Failed, $"{options.ReleasesMax} answers wait already"));
    }

    private void WriteAlways()
    {
        try
        {
            var sinceKick = Stopwatch.StartNew();
            while (TryNext(options.KickEvery - sinceKick.Elapsed, out var release))
            {
                if (release is not null)
                {
                    Finish(release, Write(release));
                }

                if (sinceKick.Elapsed >= options.KickEvery)
                {
                    sinceKick.Restart();
                    kick.Kick();
                    lock (gate)
                    {
                        channel?.Tidy();
                    }
                }
            }
        }
        finally
        {
            ended.SetResult();
        }
    }

    /// <param name="release">Null: nothing came within that time.</param>
    /// <returns>False: no more will come, and all that came is written.</returns>
    private bool TryNext(TimeSpan within, out Effect.Release? release)
    {
        lock (arrival)
        {
            if (queue.Count == 0 && !takesNoMore && within > TimeSpan.Zero)
            {
                Monitor.Wait(arrival, within);
            }

            return queue.TryDequeue(out release) || !takesNoMore;
        }
    }

    private AckResult Write(Effect.Release release)
    {
        // Under the lock, so that no record that was read in between, and no closing, comes between look and answer.
        lock (gate)
        {
            if (channel is null || release.Device != device)
            {
                return new AckResult(ReleaseOutcome.Overtaken, "the opening that its record came from is closed");
            }

            if (held.Find(release.Report) is not { } record)
            {
                return new AckResult(ReleaseOutcome.Overtaken, "its msgid is another record's now");
            }

            return clock() > record.WindowEnds
                ? new AckResult(ReleaseOutcome.Late, "its window is over")
                : channel.Ack(DeviceRecordCodec.WriteAck(record.Bytes, release.Result));
        }
    }

    private void Finish(Effect.Release release, AckResult result)
    {
        counters.Released(result.Outcome);
        if (result.Outcome != ReleaseOutcome.Acked)
        {
            SourceLog.NotReleased(log, release.Report, options.Path, result.Outcome, result.Reason);
        }

        tell(new Input.Released(release.Report, result.Outcome));
    }
}
