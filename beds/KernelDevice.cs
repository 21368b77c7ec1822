using System.Collections.Concurrent;
using System.Diagnostics;
using ClusterRas.Sentry;

namespace ClusterRas.Beds;

/// <summary>Plays a machine's kernel towards its rasd: a pipe for records, and one for what comes back.</summary>
public sealed class KernelDevice : IDisposable
{
    private static readonly TimeSpan RoundEvery = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<ulong, Telling> tellings = new();
    private readonly DeviceRecordLayout layout;
    private readonly FileStream records;
    private readonly FileStream acks;
    private long lastMsgid;

    /// <summary>Makes both pipes and opens them for good, so that a rasd finds somebody at the other end.</summary>
    /// <param name="path">Of the pipe for records; the other one has ".ack" behind it.</param>
    /// <param name="layout">As this machine's kernel writes records.</param>
    public KernelDevice(string path, DeviceRecordLayout layout)
    {
        Path = path;
        this.layout = layout;
        Posix.MakeFifo(path);
        Posix.MakeFifo(path + ".ack");

        // For reading and writing: never blocks, and never sees the end when rasd closes.
        records = OpenPipe(path);
        acks = OpenPipe(path + ".ack");
        new Thread(ReadAcks) { IsBackground = true, Name = "acks of " + path }.Start();
    }

    /// <summary>What rasd gets as --device.</summary>
    public string Path { get; }

    /// <summary>What came on the ack pipe and should not have; empty in a sound cluster.</summary>
    public ConcurrentQueue<string> Oddities { get; } = new();

    /// <summary>
    /// Hands a record to rasd as the kernel does: again every second under the same number until an ack is there or the
    /// window is over.
    /// </summary>
    /// <param name="make">The record, for this msgid and this start.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <returns>Null: no ack within the window.</returns>
    public async Task<KernelAck?> TellAsync(Func<ulong, ulong, DeviceRecord> make, CancellationToken stop)
    {
        var msgid = (ulong)Interlocked.Increment(ref lastMsgid);
        var telling = tellings[msgid] = new Telling();

        // On Linux this clock is CLOCK_MONOTONIC in ns, which is what the kernel writes.
        var start = Stopwatch.GetTimestamp();
        var record = make(msgid, (ulong)start);
        var window = TimeSpan.FromMilliseconds(record.TimeoutMs ?? 0);
        var bytes = DeviceRecordCodec.Write(record, layout);
        while (Stopwatch.GetElapsedTime(start) < window)
        {
            Interlocked.Increment(ref telling.Copies);
            records.Write(bytes);
            if (await Task.WhenAny(telling.FirstAck.Task, Task.Delay(RoundEvery, stop)) == telling.FirstAck.Task)
            {
                var at = await telling.FirstAck.Task;
                return new KernelAck(at, Stopwatch.GetElapsedTime(start, at));
            }

            stop.ThrowIfCancellationRequested();
        }

        return null;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        records.Dispose();
        acks.Dispose();
    }

    // Unbuffered: one write is one record, and one read too.
    private static FileStream OpenPipe(string path) =>
        new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);

    private void ReadAcks()
    {
        var bytes = new byte[DeviceRecordCodec.Length];
        try
        {
            while (true)
            {
                var length = acks.Read(bytes);
                Take(DeviceRecordCodec.Read(bytes.AsSpan(..length)), Stopwatch.GetTimestamp());
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // All is over.
        }
    }

    private void Take(DeviceRecordReading reading, long at)
    {
        switch (reading)
        {
            case DeviceRecordReading.Refused refused:
                Oddities.Enqueue($"an ack that is no record: {refused.Reason}");
                break;
            case DeviceRecordReading.Taken { Layout: var found } when found != layout:
                Oddities.Enqueue($"an ack in layout {found}; the record had {layout}");
                break;
            case DeviceRecordReading.Taken { Record: var record }:
                if (!tellings.TryGetValue(record.Msgid, out var telling))
                {
                    Oddities.Enqueue($"an ack for msgid {record.Msgid}, which this kernel never gave");
                }
                else if (++telling.Acks > Volatile.Read(ref telling.Copies))
                {
                    Oddities.Enqueue($"more acks than records for msgid {record.Msgid}");
                }
                else
                {
                    telling.FirstAck.TrySetResult(at);
                }

                break;
        }
    }

    /// <summary>One event: copies handed over, acks come back.</summary>
    private sealed class Telling
    {
        public int Acks;
        public int Copies;
        public readonly TaskCompletionSource<long> FirstAck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
