using System.Collections.Immutable;
using System.Globalization;

namespace ClusterRas.Fabric;

/// <summary>A rhythm or a limit that all nodes must have alike; so it stands in the map, and in its digest.</summary>
/// <param name="Member">Where in the map: <c>timing</c> or <c>limits</c>.</param>
/// <param name="Name">As it is written there, with its unit: <c>beat_ms</c>.</param>
/// <param name="Default">Without a word about it.</param>
/// <param name="Min">Least.</param>
/// <param name="Max">Most.</param>
/// <param name="What">What it is; a sentence without its full stop.</param>
/// <param name="Below">What goes wrong where it is too small.</param>
/// <param name="Above">What goes wrong where it is too large.</param>
public sealed record ClusterOption(
    string Member,
    string Name,
    int Default,
    int Min,
    int Max,
    string What,
    string Below,
    string Above
)
{
    /// <summary>The member of rhythms.</summary>
    public const string Timing = "timing";

    /// <summary>The member of limits.</summary>
    public const string Limits = "limits";

    /// <summary>Between two heartbeats to a peer, whose rails take turns.</summary>
    public static readonly ClusterOption HeartbeatMs = new(
        Timing,
        "heartbeat_ms",
        300,
        20,
        10_000,
        "one heartbeat to each peer in this time; its rails take turns while all are sound, else on each",
        "a busy node is late with its heartbeats, and links go up and down",
        "a cut link is found late, and so is a silent node"
    );

    /// <summary>Before a rail counts as silent.</summary>
    public static readonly ClusterOption HeartbeatsMissed = new(
        Timing,
        "heartbeats_missed",
        3,
        2,
        100,
        "so many heartbeats must be missed before a rail counts as silent",
        "one lost frame and one late one are a silent node",
        "nodes that died without a word are found late"
    );

    /// <summary>For the word of others.</summary>
    public static readonly ClusterOption ProbeMs = new(
        Timing,
        "probe_ms",
        150,
        10,
        10_000,
        "time for the word of others before silence is declared",
        "a node that others still hear is called silent before they have said so",
        "silence is declared late"
    );

    /// <summary>Of the master.</summary>
    public static readonly ClusterOption BeatMs = new(
        Timing,
        "beat_ms",
        100,
        10,
        5_000,
        "the master's beat to every voter, by which they know that it is there",
        "sixteen idle nodes are busy with beats",
        "acks wait for it, and a lost master is found late"
    );

    /// <summary>Least silence of a master.</summary>
    public static readonly ClusterOption ElectionMinMs = new(
        Timing,
        "election_min_ms",
        500,
        50,
        30_000,
        "least silence of a master before the first voter stands for election",
        "a pause of the machine or of its disk costs the master its place",
        "no master for that long after one has died; panics wait meanwhile"
    );

    /// <summary>Most silence of a master.</summary>
    public static readonly ClusterOption ElectionMaxMs = new(
        Timing,
        "election_max_ms",
        800,
        60,
        60_000,
        "most silence of a master before the last voter stands for election",
        "two voters stand at once, split the votes, and nobody is master",
        "no master for that long after several have died"
    );

    /// <summary>Between two seats.</summary>
    public static readonly ClusterOption SeatDelayMs = new(
        Timing,
        "seat_delay_ms",
        60,
        5,
        5_000,
        "between two voters that stand because the master has said its own last words",
        "they stand at once and split the votes",
        "the short way to a new master is no shorter than the long one"
    );

    /// <summary>For an acknowledgement of a link.</summary>
    public static readonly ClusterOption LinkAckMs = new(
        Timing,
        "link_ack_ms",
        100,
        10,
        10_000,
        "least wait for a link-level acknowledgement; 3 round trips where that is longer",
        "good links are suspected, and words take detours",
        "a word sent into a cut link takes its second way late"
    );

    /// <summary>Of a word without an answer.</summary>
    public static readonly ClusterOption ResendMs = new(
        Timing,
        "resend_ms",
        500,
        50,
        60_000,
        "a word without an answer is said again after this time",
        "copies crowd the links just when everybody dies",
        "a word that was lost with a master is told to the next one late"
    );

    /// <summary>Of a word whose window is over.</summary>
    public static readonly ClusterOption DeliverMs = new(
        Timing,
        "deliver_ms",
        5_000,
        100,
        600_000,
        "a word that nobody waits for any more is said again after this time, until it is recorded",
        "old words crowd out new ones",
        "the record of a death without majority is complete late"
    );

    /// <summary>For a handler to be connected.</summary>
    public static readonly ClusterOption HandlerPresentMs = new(
        Timing,
        "handler_present_ms",
        1_000,
        100,
        60_000,
        "a handler must be connected within this time of its start",
        "a handler that has just changed nodes is taken for absent",
        "a handler that is gone holds up the ack"
    );

    /// <summary>Where a claim has no window.</summary>
    public static readonly ClusterOption WindowDefaultMs = new(
        Timing,
        "window_default_ms",
        BlockingTimeouts.MsDefault,
        2_000,
        Fabric.Limits.WindowMsMax,
        "window assumed for words that have none, when they are sorted into incidents",
        "late copies of one death become a second incident",
        "two deaths within it become one incident"
    );

    /// <summary>Of the log.</summary>
    public static readonly ClusterOption LogEntriesMax = new(
        Limits,
        "log_entries_max",
        4096,
        256,
        1_000_000,
        "log entries kept before a snapshot is taken",
        "a node that was away for a moment needs a snapshot",
        "memory on every node"
    );

    /// <summary>In a snapshot.</summary>
    public static readonly ClusterOption ClosedIncidentsMax = new(
        Limits,
        "closed_incidents_max",
        1000,
        10,
        100_000,
        "closed incidents that a snapshot retains",
        "incidents are forgotten before anybody has looked",
        "snapshots grow, and nodes that come back take long"
    );

    /// <summary>Of a node.</summary>
    public static readonly ClusterOption OutboxMax = new(
        Limits,
        "outbox_max",
        1000,
        16,
        100_000,
        "words that a node keeps until a master has them",
        "without a majority the oldest words are lost soon",
        "disk and memory on every node"
    );

    /// <summary>Of one message.</summary>
    public static readonly ClusterOption EntriesPerAppendMax = new(
        Limits,
        "entries_per_append_max",
        64,
        1,
        1024,
        "log entries of one message",
        "catching up takes a round trip for each entry",
        "a beat waits behind a long message"
    );

    /// <summary>Not yet on disk.</summary>
    public static readonly ClusterOption UnpersistedMax = new(
        Limits,
        "unpersisted_max",
        1024,
        64,
        65_536,
        "log entries that wait for the disk before a node takes no more",
        "a burst of events is held up by each fsync",
        "memory, where a disk hangs"
    );

    /// <summary>All of them, in the order in which they are written.</summary>
    public static ImmutableArray<ClusterOption> All { get; } =
    [
        HeartbeatMs,
        HeartbeatsMissed,
        ProbeMs,
        BeatMs,
        ElectionMinMs,
        ElectionMaxMs,
        SeatDelayMs,
        LinkAckMs,
        ResendMs,
        DeliverMs,
        HandlerPresentMs,
        WindowDefaultMs,
        LogEntriesMax,
        ClosedIncidentsMax,
        OutboxMax,
        EntriesPerAppendMax,
        UnpersistedMax,
    ];

    /// <summary>What its value must be, for problems.</summary>
    public string Expected =>
        string.Create(CultureInfo.InvariantCulture, $"a whole number, {Min} to {Max}{(Unit == "ms" ? " ms" : "")}");

    /// <summary>"ms" or "".</summary>
    public string Unit => Name.EndsWith("_ms", StringComparison.Ordinal) ? "ms" : "";

    /// <inheritdoc />
    public override string ToString() => Name;
}
