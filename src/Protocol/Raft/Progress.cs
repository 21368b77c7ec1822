namespace ClusterRas.Protocol;

/// <summary>What the leader knows of one other node's log.</summary>
internal sealed class Progress
{
    private const int ProbesMax = 32;

    private readonly List<SentProbe> probes = [];

    /// <summary>The disk that the counts below are about; another disk starts from nothing.</summary>
    public DiskId Disk { get; set; }

    /// <summary>Fsynced there and equal to ours up to here.</summary>
    public LogIndex Match { get; set; }

    /// <summary>What to send next; runs ahead of <see cref="Match"/> while replies are on their way.</summary>
    public LogIndex Next { get; set; }

    /// <summary>Last answer to a beat of this term; null: none yet.</summary>
    public Instant? RepliedAt { get; set; }

    /// <summary>The last beat or entries went out then.</summary>
    public Instant SentAt { get; set; }

    /// <summary>A snapshot is on its way since; null: none.</summary>
    public Instant? SnapshotSentAt { get; set; }

    /// <summary>Where the last request that it refused began, if it took nothing since; null: it takes what it is sent.</summary>
    public LogIndex? Refused { get; set; }

    /// <summary>It refuses the same place again and again: it is tried with the beats, and not at once (S12).</summary>
    public bool IsStuck { get; set; }

    /// <summary>Highest commit index that was told.</summary>
    public LogIndex ToldCommit { get; set; }

    /// <summary>True while it answers; one that does not gets beats only.</summary>
    public bool IsAnswering(Instant now, TimeSpan within) => RepliedAt is { } at && now - at <= within;

    /// <summary>The newest beat that it has answered in this term went out then; null: none.</summary>
    public Instant? AnsweredBeatOf { get; private set; }

    /// <summary>It reported less on its disk than it had acknowledged (B5): its copies do not count.</summary>
    public bool WentBack { get; set; }

    /// <summary>A snapshot up to here was sent: until it is on the disk there, less may be reported than before.</summary>
    private LogIndex Refilling { get; set; }

    /// <summary>No snapshot is on its way that is not on its disk.</summary>
    public bool IsFilled => Match.CompareTo(Refilling) >= 0;

    /// <summary>Its copies count for this seat.</summary>
    public bool Holds(Voter seat) => Disk == seat.Disk && !WentBack;

    /// <summary>Another disk has acknowledged nothing, whatever the old one had.</summary>
    public void TakeDisk(DiskId disk)
    {
        if (Disk != default)
        {
            AnsweredBeatOf = null;
            probes.Clear();
        }

        Disk = disk;
        Match = default;
        WentBack = false;
        (Refused, IsStuck) = (null, false);
        (SnapshotSentAt, Refilling) = (null, default);
    }

    /// <summary>It has taken what it was sent.</summary>
    public void NoteTaken()
    {
        (Refused, IsStuck) = (null, false);
        if (IsFilled)
        {
            // Not before: whoever has a snapshot and not yet on its disk says that it has little, and would be sent it again.
            SnapshotSentAt = null;
        }
    }

    public void NoteSnapshot(LogIndex upTo)
    {
        Refilling = upTo;
        probes.Clear();
    }

    public void NoteProbe(ulong number, Instant now, LogIndex previous)
    {
        if (probes.Count == ProbesMax)
        {
            probes.RemoveAt(0);
        }

        probes.Add(new SentProbe(number, now, previous, IsFilled ? Match : default));
    }

    /// <summary>The request that a reply answers, if it is the first answer to it or any later one; null: it is not.</summary>
    public SentProbe? TakeProbe(ulong number)
    {
        SentProbe? taken = null;
        var at = 0;
        for (; at < probes.Count && probes[at].Number <= number; at++)
        {
            if (probes[at].Number == number)
            {
                taken = probes[at];
                AnsweredBeatOf = probes[at].SentAt;
            }
        }

        probes.RemoveRange(0, at);
        return taken;
    }
}

/// <summary>A request on its way to another node's log.</summary>
/// <param name="Previous">The entry that it builds on.</param>
/// <param name="Known">What was known to be fsynced there when it left: no honest answer to it reports less.</param>
internal readonly record struct SentProbe(ulong Number, Instant SentAt, LogIndex Previous, LogIndex Known);
