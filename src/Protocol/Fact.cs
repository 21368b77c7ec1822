using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>Something that happened, for logs, metrics, console and tests; never an instruction.</summary>
public abstract record Fact
{
    private Fact() { }

    /// <summary>A link carries frames of an accepted peer.</summary>
    public sealed record LinkUp(LinkId Link) : Fact;

    /// <summary>A link has no connection any more.</summary>
    public sealed record LinkDown(LinkId Link, LinkLoss Loss) : Fact;

    /// <summary>A frame was not acknowledged in time; another road is used and a new connection dialled.</summary>
    public sealed record LinkSuspect(LinkId Link, TimeSpan Waited) : Fact;

    /// <summary>A suspect link acknowledges again.</summary>
    public sealed record LinkSound(LinkId Link) : Fact;

    /// <summary>A peer was not let in.</summary>
    public sealed record PeerRefused(LinkId Link, string Reason) : Fact;

    /// <summary>This node was not let in by a peer.</summary>
    public sealed record RefusedByPeer(LinkId Link, string Reason) : Fact;

    /// <summary>This node's part in the control group has changed.</summary>
    public sealed record RoleChanged(RaftRole Role, Term Term) : Fact;

    /// <summary>Who is master, as this node believes; null: nobody known.</summary>
    public sealed record MasterChanged(NodeId? Master, Term Term) : Fact;

    /// <summary>No cluster is founded yet, because somebody is missing; told again when the reason changes.</summary>
    public sealed record FirstStartWaits(string Reason) : Fact;

    /// <summary>The cluster's first entry was made here.</summary>
    public sealed record ClusterFounded(ClusterId Cluster) : Fact;

    /// <summary>This disk now belongs to a cluster.</summary>
    public sealed record ClusterAdopted(ClusterId Cluster) : Fact;

    /// <summary>The master has begun to change the control group.</summary>
    public sealed record GroupChanging(EntryPayload.GroupChanged Change) : Fact;

    /// <summary>A change of the control group is committed.</summary>
    public sealed record GroupChanged(EntryPayload.GroupChanged Change) : Fact;

    /// <summary>The control group should be changed because of this node, and may not; told again when the reason changes.</summary>
    public sealed record GroupChangeWaits(NodeId Node, string Reason) : Fact;

    /// <summary>A node reports less of the log on its disk than it had acknowledged (B5).</summary>
    public sealed record DiskWentBack(NodeId Node, LogIndex Known, LogIndex Said) : Fact;

    /// <summary>A peer told of a recovery that this log does not have yet.</summary>
    public sealed record RecoveryLearned(RecoveryMark Mark) : Fact;

    /// <summary>This node's disk takes part no more, by a recovery.</summary>
    public sealed record Retired(string Reason) : Fact;

    /// <summary>The committed log has another map, and this node runs with it from now on.</summary>
    public sealed record MapTaken(long Version, string Digest, int NodeCount) : Fact;

    /// <summary>The committed log has a map that this version cannot read: the node stays with the one that it has.</summary>
    public sealed record MapUnreadable(long Version, string Problem) : Fact;

    /// <summary>A word was caught here.</summary>
    public sealed record WordRaised(Words Words, long? LeftMs) : Fact;

    /// <summary>A copy that needs no answer of its own was swallowed (D3).</summary>
    public sealed record CopySwallowed(ReportId Report) : Fact;

    /// <summary>The master has a word of a witness.</summary>
    public sealed record WordReceived(ReportId Report, NodeId Witness) : Fact;

    /// <summary>Words about somebody who is not in the topology.</summary>
    public sealed record UnknownVictim(ReportId Report, string Address) : Fact;

    /// <summary>An entry is committed.</summary>
    public sealed record EntryCommitted(Entry Entry) : Fact;

    /// <summary>An incident is over by a committed entry, which says so or by which it follows (its victim is registered anew).</summary>
    /// <param name="Term">Of that entry.</param>
    /// <param name="By">Who said so; empty: the protocol.</param>
    public sealed record IncidentClosed(IncidentId Incident, Term Term, CloseReason Reason, string By) : Fact;

    /// <summary>An answer left for a witness.</summary>
    public sealed record AnswerSent(ReportId Report, IncidentId? Incident, Verdict Verdict) : Fact;

    /// <summary>A waiter here was let go, or could not be.</summary>
    public sealed record ReleaseDone(ReportId Report, Verdict Verdict, ReleaseOutcome Outcome, long? LeftMs) : Fact;

    /// <summary>Nobody waits for this word any more; it is delivered all the same.</summary>
    public sealed record WindowEnded(ReportId Report) : Fact;

    /// <summary>A word left the outbox without an answer: it was full.</summary>
    public sealed record OutboxShed(ReportId Report) : Fact;

    /// <summary>The disk takes no writes; nothing that needs them is said.</summary>
    public sealed record StorageStalled(string Reason) : Fact;

    /// <summary>The disk takes writes again.</summary>
    public sealed record StorageResumed : Fact;

    /// <summary>This process did not run for a while.</summary>
    public sealed record Paused(TimeSpan For) : Fact;

    /// <summary>A heartbeat of this node to itself came back late: what others have sent waits here as long, and is not their silence.</summary>
    public sealed record Starved(TimeSpan For) : Fact;

    /// <summary>The master misses a node, and asks it through peers whether it lives.</summary>
    /// <param name="For">Since the last frame of it here.</param>
    public sealed record NodeSuspected(NodeId Node, TimeSpan For, EquatableArray<NodeId> Through) : Fact;

    /// <summary>A suspect is heard again, or has answered.</summary>
    /// <param name="Through">The peer through whom the answer came; null: heard directly.</param>
    public sealed record SuspicionRefuted(NodeId Node, NodeId? Through) : Fact;

    /// <summary>How this node sees another has changed.</summary>
    public sealed record HealthChanged(NodeId Node, NodeHealth Health) : Fact;

    /// <summary>A decision came too late to be carried out.</summary>
    public sealed record DecisionStale(string What) : Fact;

    /// <summary>A frame made no sense here and was dropped.</summary>
    public sealed record FrameDropped(LinkId Link, string Reason) : Fact;
}

/// <summary>A node's part in the control group.</summary>
public enum RaftRole
{
    /// <summary>Receives the log; has a vote or not.</summary>
    Follower,

    /// <summary>Asks whether it could win.</summary>
    PreCandidate,

    /// <summary>Asks for votes.</summary>
    Candidate,

    /// <summary>The master.</summary>
    Leader,
}

/// <summary>How a node looks from here. Told and silent are never mixed.</summary>
public enum NodeHealth
{
    /// <summary>Never heard by this process.</summary>
    Unknown,

    /// <summary>Heard on every rail.</summary>
    Up,

    /// <summary>Heard, but not on every rail.</summary>
    Degraded,

    /// <summary>Not heard here; its machine refuses connections, so it runs without its agent.</summary>
    AgentDown,

    /// <summary>Not heard here.</summary>
    Unheard,
}
