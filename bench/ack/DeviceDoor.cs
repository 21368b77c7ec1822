using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using ClusterRas.Sentry;

namespace ClusterRas.AckBench;

/// <summary>A node's kernel, played: power-off records into one pipe, and 88-byte acks out of the other.</summary>
/// <remarks>A power-off is a local event: each record is an incident of its own, is committed, and is waited for.</remarks>
internal sealed partial class DeviceDoor : IDoor
{
    private const uint OwnerOnly = 0b110_000_000;
    private const ulong WindowMs = 35_000;

    private readonly ConcurrentDictionary<ulong, TaskCompletionSource<long>> waiting = new();
    private readonly FileStream records;
    private readonly FileStream acks;
    private long lastMsgid;

    /// <summary>Makes both pipes, before the node starts.</summary>
    public DeviceDoor(string path)
    {
        Path = path;
        records = MakePipe(path);
        acks = MakePipe(path + ".ack");
        new Thread(ReadAcks) { IsBackground = true, Name = "acks" }.Start();
    }

    /// <summary>What rasd gets as --device.</summary>
    public string Path { get; }

    /// <inheritdoc />
    public string Name => "device record";

    /// <inheritdoc />
    public async Task<Sample> SayAsync(CancellationToken stop)
    {
        var msgid = (ulong)Interlocked.Increment(ref lastMsgid);
        var answer = waiting[msgid] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = Stopwatch.GetTimestamp();
        var record = new DeviceRecord.PowerOff(msgid, (ulong)start, WindowMs);
        records.Write(DeviceRecordCodec.Write(record, DeviceRecordLayout.B));
        try
        {
            var acked = await answer.Task.WaitAsync(TimeSpan.FromMilliseconds(WindowMs), stop);
            return new Sample(string.Create(CultureInfo.InvariantCulture, $"{msgid:x}.{start:x}"), start, acked);
        }
        catch (TimeoutException)
        {
            throw new BenchFailedException($"no ack for record {msgid} at {Path} within its window");
        }
        finally
        {
            waiting.TryRemove(msgid, out _);
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        records.Dispose();
        acks.Dispose();
    }

    private void ReadAcks()
    {
        var bytes = new byte[DeviceRecordCodec.Length];
        try
        {
            while (true)
            {
                var length = acks.Read(bytes);
                var at = Stopwatch.GetTimestamp();
                if (
                    DeviceRecordCodec.Read(bytes.AsSpan(..length)) is DeviceRecordReading.Taken taken
                    && waiting.TryGetValue(taken.Record.Msgid, out var answer)
                )
                {
                    answer.TrySetResult(at);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The run is over.
        }
    }

    // Open for both, it never blocks at the start and never sees an end; unbuffered, one write is one record.
    private static FileStream MakePipe(string path) =>
        MkFifo(path, OwnerOnly) == 0
            ? new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0)
            : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"cannot make the pipe {path}");

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkFifo(string path, uint mode);
}
