namespace ClusterRas.Protocol;

/// <summary>How good a link has been lately: what it loses, how long it takes, and how evenly.</summary>
internal sealed class LinkScore
{
    /// <summary>One new measure counts this much less than all before it.</summary>
    private const int Inertia = 16;

    /// <summary>A link that was away longer than this says nothing about what it loses.</summary>
    private const int MissedMax = 16;

    private Instant? beatAt;
    private TimeSpan beatEvery;

    /// <summary>Of a thousand heartbeats of the peer, so many do not arrive.</summary>
    public int LossPermille { get; private set; }

    /// <summary>Smoothed round trip; null: not measured.</summary>
    public TimeSpan? RoundTrip { get; private set; }

    /// <summary>How far round trips are from the smoothed one, smoothed; null: not measured.</summary>
    public TimeSpan? Jitter { get; private set; }

    /// <summary>Takes one round trip.</summary>
    public void NoteRoundTrip(TimeSpan sample)
    {
        if (RoundTrip is not { } smoothed)
        {
            (RoundTrip, Jitter) = (sample, TimeSpan.Zero);
            return;
        }

        Jitter = (((Jitter ?? TimeSpan.Zero) * 7) + (sample - smoothed).Duration()) / 8;
        RoundTrip = ((smoothed * 7) + sample) / 8;
    }

    /// <summary>Takes one heartbeat of the peer: what is missing between it and the last one was lost.</summary>
    /// <param name="every">How often the peer beats here now. Whoever has just changed that may be judged by the slower rhythm.</param>
    public void NoteBeat(Instant now, TimeSpan every)
    {
        if (beatAt is { } last)
        {
            var slower = Math.Max(every.Ticks, beatEvery.Ticks);
            var missed = ((now - last).Ticks + (slower / 2)) / slower - 1;
            for (var at = 0L; at < Math.Min(missed, MissedMax); at++)
            {
                LossPermille += (1000 - LossPermille) / Inertia;
            }
        }

        (beatAt, beatEvery) = (now, every);
        LossPermille -= (LossPermille + Inertia - 1) / Inertia;
    }

    /// <summary>A new connection: the beats that are missing between the two were not lost by either.</summary>
    public void Reset() => beatAt = null;

    /// <summary>Time in which this process did not run is not the peer's.</summary>
    public void Forgive(Instant now, TimeSpan pause)
    {
        if (beatAt is { } last)
        {
            beatAt = Instant.Min(last + pause, now);
        }
    }
}
