using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>When and in which term something was decided that leaves the process; too old is not carried out.</summary>
public readonly record struct Decision(Term Term, Instant At);

/// <summary>What the core asks for, in order.</summary>
public abstract record Effect
{
    private Effect() { }

    /// <summary>Send on this link; may be lost. Durations are computed when the frame is handed to the wire.</summary>
    public sealed record Send(LinkId Link, Frame Frame) : Effect;

    /// <summary>Dial a second connection on this link at once, beside the one that may be dead.</summary>
    public sealed record Relink(LinkId Link) : Effect;

    /// <summary>Close this link's connections: the peer was refused.</summary>
    public sealed record CloseLink(LinkId Link, string Reason) : Effect;

    /// <summary>Another map is in force, or who has left it is let go: these links and no others are to be there.</summary>
    /// <param name="Map">The map, with every address.</param>
    /// <param name="Links">In order. Some may lead to nodes that are leaving; those keep the address that they had.</param>
    public sealed record MapTaken(
        Topology Map,
        long Version,
        EquatableArray<FormerNode> Former,
        EquatableArray<LinkId> Links
    ) : Effect;

    /// <summary>Write to disk and fsync, after all earlier ones; answered by <see cref="Input.Persisted"/>.</summary>
    public sealed record Persist(Ticket Ticket, DiskWrite Write) : Effect;

    /// <summary>These entries are committed; the ledger's tables and all watchers may show them.</summary>
    public sealed record Committed(EquatableArray<Entry> Entries, LogIndex CommitIndex) : Effect;

    /// <summary>The state was replaced by a snapshot; tables are to be built anew from it.</summary>
    public sealed record Restored(Snapshot Snapshot) : Effect;

    /// <summary>Let the waiter go on (write the ack, or answer the caller).</summary>
    /// <param name="Device">Null: a caller.</param>
    public sealed record Release(
        ReportId Report,
        DeviceRef? Device,
        IncidentId? Incident,
        Verdict Verdict,
        ulong Result,
        Decision Decision
    ) : Effect;

    /// <summary>The word's window is over without an answer; a waiting caller is told so. Delivery goes on.</summary>
    public sealed record WindowOver(ReportId Report) : Effect;

    /// <summary>The cluster has a word for which nobody waits (any more); a caller still there is told so.</summary>
    /// <param name="IsLate">It had a window, and that was over.</param>
    public sealed record Delivered(ReportId Report, IncidentId? Incident, Verdict Verdict, bool IsLate) : Effect;

    /// <summary>Start a handler that is connected here.</summary>
    public sealed record StartHandler(HandlerCall Call, Decision Decision) : Effect;

    /// <summary>Tell people: once per incident, by the master, after the commit.</summary>
    public sealed record Alarm(IncidentId Incident, NodeId Victim, EventKind Kind, Decision Decision) : Effect;

    /// <summary>A wish is committed, or refused with a reason.</summary>
    public sealed record Granted(ulong Nonce, string Refusal) : Effect;

    /// <summary>A fact for logs, metrics and tests; never an instruction.</summary>
    public sealed record Note(Fact Fact) : Effect;
}

/// <summary>One write: all of it or nothing. Null and empty mean "unchanged".</summary>
/// <param name="HardState">Term and vote.</param>
/// <param name="TruncateFrom">Drop log entries from here on, before appending.</param>
/// <param name="Append">Entries to append, in order.</param>
/// <param name="Snapshot">Replace the log up to its last index by this. With <paramref name="Append"/>: a snapshot that ends
/// before the first appended entry goes before it, else after.</param>
/// <param name="OutboxPut">Words to keep until a master has answered.</param>
/// <param name="OutboxDrop">Words that are answered.</param>
public sealed record DiskWrite(
    HardState? HardState,
    LogIndex? TruncateFrom,
    EquatableArray<Entry> Append,
    Snapshot? Snapshot,
    EquatableArray<StoredReport> OutboxPut,
    EquatableArray<ReportId> OutboxDrop
)
{
    /// <summary>Changes nothing.</summary>
    public static readonly DiskWrite Nothing = new(null, null, [], null, [], []);
}

/// <summary>Raft's persistent state beside the log, with the cluster that this disk belongs to.</summary>
/// <param name="Vote">The voter chosen in this term; null: none.</param>
public sealed record HardState(ClusterId Cluster, Term Term, Voter? Vote)
{
    /// <summary>The recovery that declared this disk lost: it votes no more and takes no log. 0: none did.</summary>
    public long RetiredBy { get; init; }
}

/// <summary>A report in the outbox. Times are this boot's; after a reboot of the witness the window is over.</summary>
public sealed record StoredReport(Report Report, DeviceRef? Device);

/// <summary>What a disk gives back at start.</summary>
/// <param name="CommitIndex">A lower bound that was written on the way; the log decides.</param>
public sealed record StoredState(
    DiskId Disk,
    HardState HardState,
    Snapshot? Snapshot,
    EquatableArray<Entry> Entries,
    EquatableArray<StoredReport> Outbox,
    LogIndex CommitIndex
)
{
    /// <summary>An empty disk.</summary>
    public static StoredState Empty(DiskId disk) =>
        new(disk, new HardState(default, default, null), null, [], [], default);
}
