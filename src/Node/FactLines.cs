using ClusterRas.Protocol;

namespace ClusterRas.Node;

/// <summary>The log lines. Warning: someone should look. Error: a word may be lost. A window of -1 ms: none.</summary>
internal static partial class FactLines
{
    [LoggerMessage(Level = LogLevel.Debug, EventName = "link.up", Message = "Link to {Peer} die {Die} is up")]
    public static partial void LinkUp(this ILogger log, string peer, int die);

    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "link.down",
        Message = "Link to {Peer} die {Die} is down: {Loss}"
    )]
    public static partial void LinkDown(this ILogger log, string peer, int die, LinkLoss loss);

    [LoggerMessage(
        Level = LogLevel.Debug,
        EventName = "link.suspect",
        Message = "Link to {Peer} die {Die} did not acknowledge within {WaitedMs} ms; another road is used and a new connection dialled"
    )]
    public static partial void LinkSuspect(this ILogger log, string peer, int die, long waitedMs);

    [LoggerMessage(
        Level = LogLevel.Debug,
        EventName = "link.sound",
        Message = "Link to {Peer} die {Die} acknowledges again"
    )]
    public static partial void LinkSound(this ILogger log, string peer, int die);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "peer.refused",
        Message = "{Peer} on die {Die} is not let in: {Reason}"
    )]
    public static partial void PeerRefused(this ILogger log, string peer, int die, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "peer.refuses",
        Message = "{Peer} on die {Die} does not let us in: {Reason}"
    )]
    public static partial void RefusedByPeer(this ILogger log, string peer, int die, string reason);

    [LoggerMessage(Level = LogLevel.Debug, EventName = "raft.role", Message = "This node is {Role} in term {Term}")]
    public static partial void RoleChanged(this ILogger log, RaftRole role, long term);

    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "master.changed",
        Message = "Master is {Master} in term {Term}"
    )]
    public static partial void MasterChanged(this ILogger log, string master, long term);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "cluster.waits",
        Message = "No cluster is founded yet: {Reason}"
    )]
    public static partial void FirstStartWaits(this ILogger log, string reason);

    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "cluster.founded",
        Message = "Cluster {Cluster} is founded here"
    )]
    public static partial void ClusterFounded(this ILogger log, ClusterId cluster);

    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "cluster.adopted",
        Message = "This disk now belongs to cluster {Cluster}"
    )]
    public static partial void ClusterAdopted(this ILogger log, ClusterId cluster);

    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "group.changing",
        Message = "{Node} is to be {Step} in the control group: {Cause}"
    )]
    public static partial void GroupChanging(this ILogger log, string node, string step, GroupCause cause);

    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "group.changed",
        Message = "Control group is {Voters}: {Node} {Step}, {Cause}"
    )]
    public static partial void GroupChanged(
        this ILogger log,
        string voters,
        string node,
        string step,
        GroupCause cause
    );

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "group.waits",
        Message = "The seat of {Node} in the control group cannot be changed yet: {Reason}"
    )]
    public static partial void GroupChangeWaits(this ILogger log, string node, string reason);

    [LoggerMessage(
        Level = LogLevel.Error,
        EventName = "disk.went_back",
        Message = "{Node} had the log up to {Known} on its disk and now reports {Said}: its copies do not count any more"
    )]
    public static partial void DiskWentBack(this ILogger log, string node, long known, long said);

    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "map.taken",
        Message = "Map version {Version} is in force: {NodeCount} nodes, digest {Digest}"
    )]
    public static partial void MapTaken(this ILogger log, long version, string digest, int nodeCount);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "map.file_outdated",
        Message = "{Path} is an earlier map: version {Version} of the ledger is in force, digest {Digest}; write that to the file: rasctl topology get"
    )]
    public static partial void MapFileOutdated(this ILogger log, string path, long version, string digest);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "map.file_unknown",
        Message = "{Path} is no map that the ledger knows: version {Version} is in force, digest {Digest}; a newer one comes from the master; to apply it: rasctl topology apply"
    )]
    public static partial void MapFileUnknown(this ILogger log, string path, long version, string digest);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "map.removed",
        Message = "{Node} is not in map version {Version} of the ledger; nobody lets it in unless it was added again: rasctl topology apply"
    )]
    public static partial void MapHasUsNot(this ILogger log, string node, long version);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "map.leaving",
        Message = "{Node} is not in map version {Version} of the ledger, but has a seat in the control group: it votes until the seat is taken, and is then not let in any more"
    )]
    public static partial void MapLeaving(this ILogger log, string node, long version);

    [LoggerMessage(
        Level = LogLevel.Error,
        EventName = "map.unreadable",
        Message = "Map version {Version} cannot be read here, and this node stays with the one before: {Problem}; is rasd older here than elsewhere?"
    )]
    public static partial void MapUnreadable(this ILogger log, long version, string problem);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "word.raised",
        Message = "{Kind} of {Victim} is said here ({Report}); {Left}"
    )]
    public static partial void WordRaised(
        this ILogger log,
        EventKind kind,
        string victim,
        ReportId report,
        string left
    );

    [LoggerMessage(
        Level = LogLevel.Debug,
        EventName = "word.copy",
        Message = "Copy of {Report} needs no answer of its own"
    )]
    public static partial void CopySwallowed(this ILogger log, ReportId report);

    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "word.received",
        Message = "{Kind} told by {Witness} ({Report})"
    )]
    public static partial void WordReceived(this ILogger log, EventKind kind, string witness, ReportId report);

    [LoggerMessage(
        Level = LogLevel.Debug,
        EventName = "wire.brought",
        Message = "{Report} came first by {Wire} from {Peer} die {Die}"
    )]
    public static partial void ReportBrought(this ILogger log, ReportId report, string wire, string peer, int die);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "word.unknown",
        Message = "{Report} is about {Address}, which is not in the topology; no incident"
    )]
    public static partial void UnknownVictim(this ILogger log, ReportId report, string address);

    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "answer.sent",
        Message = "Answer {Verdict} for {Witness} ({Report}), incident {Incident}"
    )]
    public static partial void AnswerSent(
        this ILogger log,
        Verdict verdict,
        string witness,
        ReportId report,
        long incident
    );

    [LoggerMessage(
        Level = LogLevel.Debug,
        EventName = "release.begun",
        Message = "Answer {Verdict} for {Report} is here; its waiter is let go"
    )]
    public static partial void ReleaseBegun(this ILogger log, Verdict verdict, ReportId report);

    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "release.done",
        Message = "{Outcome}: answer {Verdict} for {Report}; {Left}"
    )]
    public static partial void ReleaseDone(
        this ILogger log,
        ReleaseOutcome outcome,
        Verdict verdict,
        ReportId report,
        string left
    );

    [LoggerMessage(
        Level = LogLevel.Error,
        EventName = "window.over",
        Message = "The window of {Report} is over without an answer; it is delivered all the same"
    )]
    public static partial void WindowEnded(this ILogger log, ReportId report);

    [LoggerMessage(
        Level = LogLevel.Error,
        EventName = "outbox.shed",
        Message = "The outbox is full: {Report} is not delivered"
    )]
    public static partial void OutboxShed(this ILogger log, ReportId report);

    [LoggerMessage(
        Level = LogLevel.Error,
        EventName = "storage.stalled",
        Message = "The disk takes no writes: {Reason}; nothing is acked that cannot be stored, reads go on"
    )]
    public static partial void StorageStalled(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "storage.resumed", Message = "The disk takes writes again")]
    public static partial void StorageResumed(this ILogger log);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "loop.starved",
        Message = "A heartbeat of this node to itself took {ForMs} ms: what peers send waits here as long, and is not their silence"
    )]
    public static partial void Starved(this ILogger log, long forMs);

    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "node.suspected",
        Message = "Nothing is heard of {Node} for {ForMs} ms; asked whether it lives, through {Peers}"
    )]
    public static partial void NodeSuspected(this ILogger log, string node, long forMs, string peers);

    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "node.refuted",
        Message = "{Node} lives: heard again{Through}"
    )]
    public static partial void SuspicionRefuted(this ILogger log, string node, string through);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "loop.paused",
        Message = "This process did not run for {ForMs} ms"
    )]
    public static partial void Paused(this ILogger log, long forMs);

    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "node.health",
        Message = "{Node} looks {Health} from here"
    )]
    public static partial void HealthChanged(this ILogger log, string node, NodeHealth health);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "decision.stale",
        Message = "Too late to carry out, decided anew: {What}"
    )]
    public static partial void DecisionStale(this ILogger log, string what);

    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "node.joined",
        Message = "{Node} joined with boot {Boot}, tag {Tag} (entry {Index})"
    )]
    public static partial void NodeJoined(this ILogger log, string node, BootId boot, int tag, long index);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "incident.opened",
        Message = "Incident {Incident} is committed: {Kind} of {Victim} (term {Term})"
    )]
    public static partial void IncidentOpened(
        this ILogger log,
        long incident,
        EventKind kind,
        string victim,
        long term
    );

    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "incident.answered",
        Message = "Incident {Incident}: handlers say {Verdict}, result {Result}"
    )]
    public static partial void IncidentAnswered(this ILogger log, long incident, Verdict verdict, ulong result);

    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "incident.released",
        Message = "Incident {Incident}: {Outcome} at {Witness}; {Left}"
    )]
    public static partial void IncidentReleased(
        this ILogger log,
        long incident,
        ReleaseOutcome outcome,
        string witness,
        string left
    );

    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "incident.closed",
        Message = "Incident {Incident} is closed: {Reason} {By}"
    )]
    public static partial void IncidentClosed(this ILogger log, long incident, CloseReason reason, string by);

    [LoggerMessage(
        Level = LogLevel.Critical,
        EventName = "alarm",
        Message = "ALARM incident {Incident}: {Kind} of {Victim}"
    )]
    public static partial void Alarm(this ILogger log, long incident, EventKind kind, string victim);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "frame.dropped",
        Message = "A frame on {Link} was dropped: {Reason}"
    )]
    public static partial void FrameDropped(this ILogger log, Fabric.LinkId link, string reason);

    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "rasd.started",
        Message = "rasd {Version} is up: node {Node} of cluster \"{Cluster}\", {Nodes} nodes, boot {Boot}, tag {Tag}, listening on {Listen}"
    )]
    public static partial void Started(
        this ILogger log,
        string version,
        string node,
        string cluster,
        int nodes,
        BootId boot,
        int tag,
        string listen
    );

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "rasd.rootless_traces",
        Message = "Spans of incidents are exported beside each other: .NET {Runtime} does not let the root have the id that others expect"
    )]
    public static partial void TracesWithoutRoot(this ILogger log, Version runtime);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "ledger.note", Message = "Ledger: {Note}")]
    public static partial void LedgerNote(this ILogger log, string note);

    [LoggerMessage(
        Level = LogLevel.Error,
        EventName = "ledger.wiped",
        Message = "The ledger is not to be trusted and is treated as wiped: {Reason}; the old files are kept in {SetAside}"
    )]
    public static partial void LedgerWiped(this ILogger log, string reason, string setAside);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "recording.ended",
        Message = "Recording {File} ends here and rasd goes on without it: {Reason}"
    )]
    public static partial void RecordingEnded(this ILogger log, string file, string reason);

    [LoggerMessage(Level = LogLevel.Critical, EventName = "rasd.failed", Message = "rasd ends: {Reason}")]
    public static partial void Failed(this ILogger log, string reason);

    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "rasd.handed_over",
        Message = "{Master} is master in term {Term}, so that this node can stop"
    )]
    public static partial void HandedOver(this ILogger log, string master, long term);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "rasd.not_handed_over",
        Message = "This master stops without a successor: {Reason}"
    )]
    public static partial void NotHandedOver(this ILogger log, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "recovery.learned",
        Message = "This cluster was recovered (recovery {Epoch}): {Survivor} went on; this node follows"
    )]
    public static partial void RecoveryLearned(this ILogger log, long epoch, string survivor);

    [LoggerMessage(
        Level = LogLevel.Critical,
        EventName = "recovery.retired",
        Message = "This node takes part no more: {Reason}"
    )]
    public static partial void Retired(this ILogger log, string reason);

    [LoggerMessage(Level = LogLevel.Information, EventName = "rasd.stopped", Message = "rasd has stopped")]
    public static partial void Stopped(this ILogger log);

    [LoggerMessage(Level = LogLevel.Warning, EventName = "map.warning", Message = "The map works, but {Problem}")]
    public static partial void MapWarning(this ILogger log, string problem);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "handler.refused",
        Message = "Handler {Handler} could not be declared yet: {Reason}; trying again"
    )]
    public static partial void HandlerRefused(this ILogger log, string handler, string reason);
}
