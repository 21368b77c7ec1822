using ClusterRas.Protocol;
using ClusterRas.Sentry;

namespace ClusterRas.Node.Sources;

/// <summary>What a source has done since its start, as of one moment.</summary>
/// <param name="Openings">How often it was opened; also its present epoch.</param>
/// <param name="Read">Records that the codec took.</param>
/// <param name="Raised">Of these, handed to the core.</param>
/// <param name="Off">Of these, not raised since their kind is off.</param>
/// <param name="Refused">Stretches of bytes that are no record.</param>
/// <param name="Releases">What became of answers.</param>
internal sealed record SentryTally(
    int Openings,
    long Read,
    long Raised,
    IReadOnlyDictionary<EventKind, long> Off,
    IReadOnlyDictionary<DeviceRecordRefusal, long> Refused,
    IReadOnlyDictionary<ReleaseOutcome, long> Releases
);

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
