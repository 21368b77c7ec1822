using System.Diagnostics;
using ClusterRas.Protocol;

namespace ClusterRas.Transport;

/// <summary>CLOCK_MONOTONIC, the clock that the kernel's device records carry.</summary>
/// <remarks>Stopwatch reads that very clock on Linux, in nanoseconds. Source: dotnet/runtime, pal_time.c.</remarks>
public static class MonotonicClock
{
    private static readonly bool IsNanoseconds = Stopwatch.Frequency == 1_000_000_000;

    /// <summary>The present instant.</summary>
    public static Instant Now =>
        IsNanoseconds
            ? new Instant(Stopwatch.GetTimestamp())
            : throw new UnreachableException($"the stopwatch has {Stopwatch.Frequency} ticks a second");
}
