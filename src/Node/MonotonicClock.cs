using System.Diagnostics;
using ClusterRas.Protocol;

namespace ClusterRas.Node;

/// <summary>CLOCK_MONOTONIC, the clock of device records: setting the wall clock moves nothing.</summary>
internal static class MonotonicClock
{
    /// <summary>Now.</summary>
    /// <remarks>On Linux the runtime's Stopwatch reads CLOCK_MONOTONIC in ns; a test compares it with the kernel's.</remarks>
    public static Instant Now => new(Stopwatch.GetTimestamp());
}
