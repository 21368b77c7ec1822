using System.Diagnostics;

namespace ClusterRas.Transport.Tests;

/// <summary>How long this process stood still at most, as its own timers see it: stopped, starved, or its machine was.</summary>
internal sealed class Standstill : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    private readonly PeriodicTimer turn = new(LookEvery);
    private readonly Task watching;
    private long longest;

    public Standstill() => watching = WatchAsync();

    /// <summary>Between two turns that are <see cref="LookEvery"/> apart in good order.</summary>
    public TimeSpan Longest => Stopwatch.GetElapsedTime(0, Volatile.Read(ref longest));

    public async ValueTask DisposeAsync()
    {
        turn.Dispose();
        await watching;
    }

    private async Task WatchAsync()
    {
        var before = Stopwatch.GetTimestamp();
        while (await turn.WaitForNextTickAsync())
        {
            var now = Stopwatch.GetTimestamp();
            Volatile.Write(ref longest, Math.Max(longest, now - before));
            before = now;
        }
    }
}
