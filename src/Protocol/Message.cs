using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>What one node says to another.</summary>
public abstract record Message
{
    private Message() { }

    /// <summary>First on every connection, in both directions; nothing else counts before it is accepted.</summary>
    /// <param name="Node">Who speaks.</param>
    /// <param name="Life">In which life.</param>
    /// <param name="Disk">With which disk.</param>
    /// <param name="Cluster">Of which cluster; none: a fresh disk.</param>
    /// <param name="TopologyDigest">Digest of the map it follows: 64 hex digits.</param>
    /// <param name="Nonce">Random, of this process.</param>
    /// <param name="Answers">The receiver's nonce where it is known; 0: not yet.</param>
    /// <param name="WantsAnswer">The speaker has not yet been answered by this process of the receiver.</param>
    public sealed record Hello(
        NodeId Node,
        Life Life,
        DiskId Disk,
        ClusterId Cluster,
        string TopologyDigest,
        ulong Nonce,
        ulong Answers,
        bool WantsAnswer
    ) : Message
    {
        /// <summary>Every recovery that the speaker knows of, oldest first.</summary>
        public EquatableArray<RecoveryMark> Recoveries { get; init; }

        /// <summary>Digests of the other maps that the speaker's log knows: whoever runs with one of them is of this cluster.</summary>
        public EquatableArray<string> MapKin { get; init; }

        /// <summary>Version of the speaker's program, for people; empty: it is too old to tell.</summary>
        public string Version { get; init; } = "";
    }

    /// <summary>The hello is not accepted; says why, for the other side's log.</summary>
    public sealed record Refused(string Reason) : Message;

    /// <summary>"I am here", with what I hear of everybody.</summary>
    public sealed record Heartbeat(Life Life, EquatableArray<Heard> Vector) : Message
    {
        /// <summary>Version of the map that the speaker runs with; 0: the one of its file.</summary>
        public long MapVersion { get; init; }

        /// <summary>The speaker's rails take turns: the next one on this link comes when all others of that peer have had theirs.</summary>
        public bool TakesTurns { get; init; }

        /// <summary>The speaker's wall clock, in ms since 1970, for people to compare; set where frames leave the core. Decides nothing. 0: not said.</summary>
        public long WallUnixMs { get; init; }
    }

    /// <summary>"Do you live? Nobody has told me so for a while." Through peers, and over every rail.</summary>
    /// <param name="Number">Of this suspicion; comes back, so that an old answer refutes no new one.</param>
    public sealed record LifeProbe(ulong Number) : Message;

    /// <summary>Answer to <see cref="LifeProbe"/>: the suspect itself says that it lives, and in which life.</summary>
    public sealed record LifeReply(ulong Number, Life Life) : Message;

    /// <summary>Nothing but the acknowledgement in the frame's header.</summary>
    public sealed record LinkAck : Message;

    /// <summary>One hop through a peer that still reaches the destination.</summary>
    /// <param name="Sequence">Of the origin's process; forwarders drop what they have seen.</param>
    public sealed record Relayed(NodeId Origin, NodeId Destination, ulong Sequence, int HopsLeft, Message Inner)
        : Message
    {
        /// <summary>The origin's lineage.</summary>
        public Lineage Lineage { get; init; }
    }

    /// <summary>A cluster's first entry, for a node whose disk knows no cluster.</summary>
    public sealed record Adopt(Entry Founding) : Message;

    /// <summary>A witness's word, on its way to the master and the control nodes.</summary>
    public sealed record Reporting(Report Report) : Message;

    /// <summary>The master's answer to one word.</summary>
    /// <param name="DecidedAt">On the sender's clock; never on the wire.</param>
    public sealed record Answering(
        ReportId Report,
        IncidentId? Incident,
        Verdict Verdict,
        ulong Result,
        Term Term,
        Instant DecidedAt
    ) : Message;

    /// <summary>A witness tells the master what became of an answer; repeated until it reads it in the log.</summary>
    public sealed record Releasing(
        IncidentId Incident,
        ReportId Report,
        Verdict Verdict,
        ReleaseOutcome Outcome,
        long? LeftMs
    ) : Message;

    /// <summary>A node asks the master to write down its life, declare handlers, or close an incident.</summary>
    /// <param name="Handlers">Names of the handlers connected here now.</param>
    /// <param name="Process">The speaker's nonce of this process.</param>
    public sealed record Presence(Life Life, DiskId Disk, ulong Process, EquatableArray<string> Handlers) : Message;

    /// <summary>A wish of an operator or program, on its way to the master. Repeated by the asker, so it must be idempotent.</summary>
    public sealed record Asking(ulong Nonce, EntryPayload Wish) : Message;

    /// <summary>The master's word on a wish: empty text means it is committed.</summary>
    public sealed record Granting(ulong Nonce, string Refusal) : Message;

    /// <summary>The master starts a handler that is connected at the receiver. Copies start nothing.</summary>
    /// <param name="Process">The receiver's process that is meant, by its presence; another one starts nothing.</param>
    /// <param name="DecidedAt">On the sender's clock; never on the wire.</param>
    public sealed record HandlerStart(HandlerCall Call, ulong Process, Instant DecidedAt) : Message;

    /// <summary>A handler's answer, on its way to the master.</summary>
    public sealed record HandlerAnswer(IncidentId Incident, HandlerResult Result) : Message;

    /// <summary>Would you vote for me? Changes nothing at the receiver.</summary>
    /// <param name="Because">A word on the leader's present life: a reason to go at once (protocol.md 5); null: none.</param>
    public sealed record PreVote(Term Term, DiskId Disk, LogIndex LastIndex, Term LastTerm, Report? Because) : Message;

    /// <summary>Answer to <see cref="PreVote"/>.</summary>
    public sealed record PreVoteReply(Term Term, DiskId Disk, bool Granted) : Message;

    /// <summary>Raft's RequestVote.</summary>
    /// <param name="Transfer">True: the leader itself asked for it (TimeoutNow).</param>
    public sealed record RequestVote(
        Term Term,
        DiskId Disk,
        LogIndex LastIndex,
        Term LastTerm,
        Report? Because,
        bool Transfer
    ) : Message;

    /// <summary>Answer to <see cref="RequestVote"/>; leaves after the vote is on disk.</summary>
    public sealed record RequestVoteReply(Term Term, DiskId Disk, bool Granted) : Message;

    /// <summary>Raft's AppendEntries; without entries it is the leader's beat.</summary>
    /// <param name="Probe">Number of this request in its term; comes back in the reply.</param>
    public sealed record AppendEntries(
        Term Term,
        DiskId Disk,
        LogIndex PreviousIndex,
        Term PreviousTerm,
        LogIndex CommitIndex,
        ulong Probe,
        EquatableArray<Entry> Entries
    ) : Message
    {
        /// <summary>How long it was held on its way so far, by those who took it in; a hop that held it for less than a beat adds nothing.</summary>
        public TimeSpan Held { get; init; }
    }

    /// <summary>Answer to <see cref="AppendEntries"/>.</summary>
    /// <param name="Matched">Accepted: fsynced up to here and equal to the leader's log. Else: where to try next.</param>
    public sealed record AppendEntriesReply(Term Term, DiskId Disk, bool Accepted, LogIndex Matched, ulong Probe)
        : Message;

    /// <summary>Raft's InstallSnapshot, in one piece; travels on the bulk stream.</summary>
    public sealed record InstallSnapshot(Term Term, DiskId Disk, Snapshot Snapshot, ulong Probe) : Message;

    /// <summary>The leader hands over: stand now. Counts only in the term that it names.</summary>
    public sealed record TimeoutNow(Term Term) : Message;
}

/// <summary>What a node last heard of another on one rail.</summary>
/// <param name="AgoMs">Since the last frame, the observer's own pauses taken off; -1: never in this process.</param>
/// <param name="Refused">The last attempt to connect was refused by a live host.</param>
public readonly record struct Heard(NodeId Node, Die Die, int AgoMs, bool Refused);

/// <summary>A message with its link's header.</summary>
/// <param name="Sequence">Number of this frame on its link, from 1; 0: wants no acknowledgement.</param>
/// <param name="AckHighest">The highest number received on this link; 0: none yet.</param>
/// <param name="AckBits">Bit k: number AckHighest - 1 - k has been received too.</param>
/// <param name="Message">What is said.</param>
public sealed record Frame(ulong Sequence, ulong AckHighest, ulong AckBits, Message Message)
{
    /// <summary>When it was handed to the wire, by the sender's monotonic clock, in microseconds; null: not said. The wire sets it.</summary>
    public Instant? SentAt { get; init; }

    /// <summary>The recoveries that the sender knows of.</summary>
    public Lineage Lineage { get; init; }
}
