using ClusterRas.Protocol;
using ClusterRas.Sentry;

namespace ClusterRas.Node.Sources;

/// <summary>Counts for a <see cref="SentryTally"/>; safe for threads.</summary>
internal sealed class SentryCounters
{
    private readonly Lock gate = new();
    private readonly Dictionary<EventKind, long> off = [];
    private readonly Dictionary<DeviceRecordRefusal, long> refused = [];
    private readonly Dictionary<ReleaseOutcome, long> releases = [];
    private int openings;
    private long read;
    private long raised;

    /// <summary>The counts now.</summary>
    public SentryTally Tally
    {
        get
        {
            lock (gate)
            {
                return new SentryTally(
                    openings,
                    read,
                    raised,
                    new Dictionary<EventKind, long>(off),
                    new Dictionary<DeviceRecordRefusal, long>(refused),
                    new Dictionary<ReleaseOutcome, long>(releases)
                );
            }
        }
    }

    /// <returns>How many there are now: the epoch.</returns>
    public int Opened()
    {
        lock (gate)
        {
            return ++openings;
        }
    }

    public void Raised()
    {
        lock (gate)
        {
            read++;
            raised++;
        }
    }

    /// <returns>How many of this kind there are now.</returns>
    public long Off(EventKind kind)
    {
        lock (gate)
        {
            read++;
            return off[kind] = off.GetValueOrDefault(kind) + 1;
        }
    }

    /// <returns>How many for this reason there are now.</returns>
    public long Refused(DeviceRecordRefusal why)
    {
        lock (gate)
        {
            return refused[why] = refused.GetValueOrDefault(why) + 1;
        }
    }

    public void Released(ReleaseOutcome outcome)
    {
        lock (gate)
        {
            releases[outcome] = releases.GetValueOrDefault(outcome) + 1;
        }
    }
}
