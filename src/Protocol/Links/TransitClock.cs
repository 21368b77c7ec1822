namespace ClusterRas.Protocol;

/// <summary>
/// How long frames of one connection were held on their way: by a network that keeps what it cannot deliver, or in the
/// sockets of a process that was stopped.
/// </summary>
/// <remarks>
/// The clocks of two nodes have nothing to do with each other, but their difference is as steady as their drift. The
/// quickest frame shows the smallest difference; by what another exceeds it, that one was held longer. Drift makes old
/// measures worthless, so they are dropped after at most two periods.
/// </remarks>
internal sealed class TransitClock
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(5);

    private TimeSpan? least;
    private TimeSpan? leastBefore;
    private Instant periodEnds;
    private Instant openedAt;
    private BootId peerBoot;

    /// <summary>How long the last frame was held; zero: none has come.</summary>
    public TimeSpan LastHeld { get; private set; }

    /// <summary>A new connection, perhaps to another boot of the peer, whose clock is another.</summary>
    public void Reset(Instant now) =>
        (least, leastBefore, periodEnds, openedAt, LastHeld) = (null, null, default, now, default);

    /// <summary>
    /// The peer has said in which boot it is. A machine that loses its power closes nothing: its next boot may come on what
    /// still looks like the same connection, and against the clock of the one before all its frames would look held.
    /// </summary>
    public void Meet(Instant now, BootId boot)
    {
        if (peerBoot != boot)
        {
            peerBoot = boot;
            Reset(now);
        }
    }

    /// <summary>Takes one frame.</summary>
    /// <param name="sentAt">By the clock of the sender.</param>
    /// <returns>How much longer than the quickest one it has been on its way; never longer than the connection is open.</returns>
    public TimeSpan Note(Instant now, Instant sentAt)
    {
        var difference = now - sentAt;
        if (now >= periodEnds)
        {
            (leastBefore, least) = (least, null);
            periodEnds = now + Period;
        }

        least = Min(least, difference);
        var held = difference - Min(leastBefore, least.Value);
        LastHeld = Min(now - openedAt, held);
        return LastHeld;
    }

    private static TimeSpan Min(TimeSpan? one, TimeSpan other) => one < other ? one.Value : other;
}
