namespace ClusterRas.Protocol;

/// <summary>What the leader knows of one other node's log.</summary>
internal sealed class Progress
{
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

    /// <summary>Highest commit index that was told.</summary>
    public LogIndex ToldCommit { get; set; }

    /// <summary>True while it answers; one that does not gets beats only.</summary>
    public bool IsAnswering(Instant now, TimeSpan within) => RepliedAt is { } at && now - at <= within;
}
