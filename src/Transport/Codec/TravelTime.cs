using ClusterRas.Protocol;

namespace ClusterRas.Transport;

/// <summary>Instants to durations when a frame leaves, and back when it arrives. Microseconds, rounded down.</summary>
/// <remarks>
/// Rounding down loses less than 1 us of a window at each hop and never adds any. The time on the wire is not known and
/// not charged: windows are measured by the witness's own clock in the end.
/// </remarks>
internal static class TravelTime
{
    private const ulong MicrosMax = (ulong)CodecLimits.DurationMsMax * 1000;

    /// <summary>From one instant to another, 0 where that lies behind.</summary>
    public static ulong Between(Instant from, Instant to)
    {
        if (to <= from)
        {
            return 0;
        }

        // Unsigned, since two instants of a test may lie further apart than a long can say.
        var nanoseconds = unchecked((ulong)(to.Nanoseconds - from.Nanoseconds));
        return Math.Min(nanoseconds / 1000, MicrosMax);
    }

    public static ulong Remaining(TimeSpan duration, Instant since, Instant now)
    {
        var whole = (ulong)Math.Clamp(duration.Ticks / TimeSpan.TicksPerMicrosecond, 0, (long)MicrosMax);
        var gone = Between(since, now);
        return gone >= whole ? 0 : whole - gone;
    }

    public static Instant Before(Instant now, ulong micros, ref FieldCheck check) =>
        new(now.Nanoseconds - Nanoseconds(micros, ref check));

    public static Instant After(Instant now, ulong micros, ref FieldCheck check)
    {
        var nanoseconds = Nanoseconds(micros, ref check);
        return now.Nanoseconds > long.MaxValue - nanoseconds
            ? Instant.Never
            : new Instant(now.Nanoseconds + nanoseconds);
    }

    public static TimeSpan Span(ulong micros, ref FieldCheck check) => new(Nanoseconds(micros, ref check) / 100);

    private static long Nanoseconds(ulong micros, ref FieldCheck check)
    {
        if (micros > MicrosMax)
        {
            check.Refuse($"duration of {micros} us");
            return 0;
        }

        return (long)micros * 1000;
    }
}
