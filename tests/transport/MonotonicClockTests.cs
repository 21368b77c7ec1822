using System.Runtime.InteropServices;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Tests;

public sealed partial class MonotonicClockTests
{
    private const int ClockMonotonic = 1;

    [Fact]
    public void Now_BetweenTwoReadingsOfTheKernelsClock_LiesBetweenThem()
    {
        var before = Kernel();
        var now = MonotonicClock.Now;
        var after = Kernel();

        now.ShouldBeInRange(before, after);
    }

    private static Instant Kernel()
    {
        clock_gettime(ClockMonotonic, out var time).ShouldBe(0);
        return new Instant((time.Seconds * 1_000_000_000) + time.Nanoseconds);
    }

    [DllImport("libc")]
    private static extern int clock_gettime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
