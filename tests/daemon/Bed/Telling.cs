using System.Diagnostics;
using ClusterRas.Sentry;

namespace ClusterRas.Daemon.Tests;

/// <summary>One event that a kernel tells its user space, and what came back.</summary>
internal sealed class Telling(DeviceRecord record, byte[] bytes) : IDisposable
{
    private static readonly TimeSpan RoundEvery = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource firstAck = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long start = Stopwatch.GetTimestamp();
    private Task running = Task.CompletedTask;
    private int copies;
    private int acks;

    public DeviceRecord Record => record;

    /// <summary>How often the record was handed over.</summary>
    public int Copies => Volatile.Read(ref copies);

    public int Acks => Volatile.Read(ref acks);

    public bool IsAcked => firstAck.Task.IsCompleted;

    public void Begin(Action<byte[]> write) => running = RunAsync(write);

    public void TakeAck()
    {
        Interlocked.Increment(ref acks);
        firstAck.TrySetResult();
    }

    /// <summary>Hands over no more copies.</summary>
    public void Stop()
    {
        stop.Cancel();
        running.Wait();
    }

    public void Dispose()
    {
        Stop();
        stop.Dispose();
    }

    private async Task RunAsync(Action<byte[]> write)
    {
        var window = record.TimeoutMs is { } ms ? TimeSpan.FromMilliseconds(ms) : TimeSpan.Zero;
        do
        {
            write(bytes);
            Interlocked.Increment(ref copies);
            await Task.WhenAny(firstAck.Task, Task.Delay(RoundEvery, stop.Token)).ConfigureAwait(false);
        } while (!IsAcked && !stop.IsCancellationRequested && Stopwatch.GetElapsedTime(start) < window);
    }
}
