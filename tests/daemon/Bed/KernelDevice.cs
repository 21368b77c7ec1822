using System.Collections.Concurrent;
using System.Diagnostics;
using ClusterRas.Sentry;

namespace ClusterRas.Daemon.Tests;

/// <summary>A node's kernel as its rasd sees it: a pipe for records and one for acks, open however often rasd dies.</summary>
internal sealed class KernelDevice : IDisposable
{
    private readonly ConcurrentDictionary<ulong, Telling> tellings = new();
    private readonly ConcurrentQueue<string> oddities = new();
    private readonly FileStream records;
    private readonly FileStream acks;
    private readonly Thread reader;
    private long lastMsgid;
    private volatile bool isClosing;

    public KernelDevice(string path, DeviceRecordLayout layout)
    {
        Path = path;
        Layout = layout;
        Posix.MakeFifo(path);
        Posix.MakeFifo(path + ".ack");
        records = Open(path);
        acks = Open(path + ".ack");
        reader = new Thread(ReadAcks) { IsBackground = true, Name = $"acks of {path}" };
        reader.Start();
    }

    public string Path { get; }

    public DeviceRecordLayout Layout { get; }

    /// <summary>What came back and should not have.</summary>
    public IReadOnlyCollection<string> Oddities => oddities;

    /// <summary>CLOCK_MONOTONIC in ns, as a kernel stamps its records.</summary>
    public static ulong Now => (ulong)(Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency));

    /// <summary>Begins to hand over a record, as the stock driver does: each second until it is acked or its window is over.</summary>
    /// <param name="make">The record, for a msgid and a start.</param>
    public Telling Tell(Func<ulong, ulong, DeviceRecord> make)
    {
        var record = make((ulong)Interlocked.Increment(ref lastMsgid), Now);
        var telling = new Telling(record, DeviceRecordCodec.Write(record, Layout));
        tellings[record.Msgid] = telling;
        telling.Begin(Write);
        return telling;
    }

    /// <summary>One write of these bytes.</summary>
    public void Write(byte[] bytes) => records.Write(bytes);

    public void Dispose()
    {
        foreach (var telling in tellings.Values)
        {
            telling.Dispose();
        }

        // The reader blocks in its pipe; a byte of our own lets it go.
        isClosing = true;
        acks.WriteByte(0);
        reader.Join();
        records.Dispose();
        acks.Dispose();
    }

    // Unbuffered: one write is one record. For both ways: it never ends and never blocks to open.
    private static FileStream Open(string path) =>
        new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);

    private void ReadAcks()
    {
        var bytes = new byte[DeviceRecordCodec.Length];
        while (!isClosing)
        {
            var length = acks.Read(bytes);
            if (!isClosing)
            {
                Take(bytes.AsSpan(..length));
            }
        }
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        switch (DeviceRecordCodec.Read(bytes))
        {
            case DeviceRecordReading.Refused refused:
                oddities.Enqueue($"an ack that is no record: {refused.Reason}");
                break;
            case DeviceRecordReading.Taken { Layout: var layout } when layout != Layout:
                oddities.Enqueue($"an ack in layout {layout}; the record had {Layout}");
                break;
            case DeviceRecordReading.Taken { Record.Msgid: var msgid }:
                if (tellings.TryGetValue(msgid, out var telling))
                {
                    telling.TakeAck();
                }
                else
                {
                    oddities.Enqueue($"an ack for msgid {msgid}, which this kernel never gave");
                }

                break;
        }
    }
}
