using ClusterRas.Protocol;

namespace ClusterRas.Simulator.World;

/// <summary>One machine's CLOCK_MONOTONIC over the world's time: another zero, and perhaps another rate.</summary>
internal sealed class MonotonicClock(Agenda agenda)
{
    private const long NsPerTick = 100;

    // A part in a million of a tick of 100 ns is a ten-thousandth of a nanosecond.
    private const long PartsPerNs = 10_000;
    private long zeroNs;
    private TimeSpan since;
    private long ppm;

    public Instant Now => new(Read(agenda.Now - since));

    /// <summary>A boot: it begins to count anew. Its rate is the crystal's, and stays.</summary>
    public void Begin(TimeSpan uptime) => (zeroNs, since) = (uptime.Ticks * NsPerTick, agenda.Now);

    /// <summary>It never jumps; only from now on it runs at this rate.</summary>
    public void Drift(int newPpm) => (zeroNs, since, ppm) = (Now.Nanoseconds, agenda.Now, newPpm);

    /// <summary>The first time at which it has reached the instant.</summary>
    public TimeSpan TimeOf(Instant instant)
    {
        if (instant == Instant.Never)
        {
            return TimeSpan.MaxValue;
        }

        var ns = instant.Nanoseconds - zeroNs;
        var ticks = (long)((Int128)ns * PartsPerNs / ((NsPerTick * PartsPerNs) + ppm));
        while (Read(new TimeSpan(ticks)) < instant.Nanoseconds)
        {
            ticks++;
        }

        return since + new TimeSpan(ticks);
    }

    private long Read(TimeSpan elapsed) => zeroNs + (elapsed.Ticks * NsPerTick) + (elapsed.Ticks * ppm / PartsPerNs);
}
