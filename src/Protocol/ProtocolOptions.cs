namespace ClusterRas.Protocol;

/// <summary>Rhythms and limits that must be equal on all nodes. Ranges are checked where they are read.</summary>
public sealed record ProtocolOptions
{
    /// <summary>One heartbeat to each peer; its rails take turns while all are sound, else on each. Default 300 ms.</summary>
    public TimeSpan HeartbeatEvery { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>Heartbeats missed before a rail counts as silent. Default 3.</summary>
    public int HeartbeatsMissed { get; init; } = 3;

    /// <summary>A suspect has this long to answer, and others to speak for it, before silence is declared. Default 150 ms.</summary>
    public TimeSpan ProbeWithin { get; init; } = TimeSpan.FromMilliseconds(150);

    /// <summary>The leader's beat. Default 100 ms.</summary>
    public TimeSpan BeatEvery { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Least silence of a leader before anybody stands. Default 500 ms.</summary>
    public TimeSpan ElectionTimeoutMin { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Most silence of a leader before the last seat stands. Default 800 ms.</summary>
    public TimeSpan ElectionTimeoutMax { get; init; } = TimeSpan.FromMilliseconds(800);

    /// <summary>Between two seats that stand because of the leader's own last words. Default 60 ms.</summary>
    public TimeSpan SeatDelay { get; init; } = TimeSpan.FromMilliseconds(60);

    /// <summary>Least wait for a link-level acknowledgement; 3 round trips where that is longer. Default 100 ms.</summary>
    public TimeSpan LinkAckWithin { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>A word without an answer is said again. Default 500 ms.</summary>
    public TimeSpan ResendEvery { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>After its window, a word is said again this often. Default 5 s.</summary>
    public TimeSpan DeliverEvery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A handler must be connected within this time of its start. Default 1 s.</summary>
    public TimeSpan HandlerPresentWithin { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Window assumed for folding where a claim has none. Default 35 s.</summary>
    public TimeSpan WindowDefault { get; init; } = TimeSpan.FromSeconds(35);

    /// <summary>Log entries kept in memory before a snapshot is taken. Default 4,096.</summary>
    public int LogEntriesMax { get; init; } = 4096;

    /// <summary>Closed incidents that a snapshot retains. Default 1,000.</summary>
    public int ClosedIncidentsMax { get; init; } = 1000;

    /// <summary>Words in the outbox of a node. Default 1,000.</summary>
    public int OutboxMax { get; init; } = 1000;

    /// <summary>Entries of one AppendEntries. Default 64.</summary>
    public int EntriesPerAppendMax { get; init; } = 64;

    /// <summary>Entries appended and not yet on disk before a node takes no more. Default 1,024.</summary>
    public int UnpersistedMax { get; init; } = 1024;

    /// <summary>Kernels of this cluster also send over UVB, where a resend can be 40 s late. Default false.</summary>
    public bool UvbEnabled { get; init; }

    /// <summary>Who was not heard for this long on any rail is suspected, and asked whether it lives.</summary>
    public TimeSpan SuspectAfter => new(HeartbeatEvery.Ticks * HeartbeatsMissed);

    /// <summary>The silence time: nobody heard a node for this long on a rail.</summary>
    public TimeSpan SilentAfter => SuspectAfter + ProbeWithin;

    /// <summary>One rail of a peer was not heard for this long: a beat more than the silence time, for its turn is every other one.</summary>
    public TimeSpan RailSilentAfter => SilentAfter + HeartbeatEvery;
}
