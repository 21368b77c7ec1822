using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>One entry of the replicated log. Holds no clock readings: it is the same bytes on every disk.</summary>
public sealed record Entry(LogIndex Index, Term Term, EntryPayload Payload);

/// <summary>What an entry says. Entries of a newer version are kept as <see cref="Unknown"/> and passed on.</summary>
public abstract record EntryPayload
{
    private EntryPayload() { }

    /// <summary>A new master's first entry: commits what older terms left.</summary>
    public sealed record NoOp : EntryPayload;

    /// <summary>The first entry of a cluster: its id and first control group (B2, B3).</summary>
    public sealed record Founded(ClusterId Cluster, EquatableArray<Voter> Voters) : EntryPayload;

    /// <summary>A node is up in this life.</summary>
    public sealed record Joined(NodeId Node, Life Life, DiskId Disk) : EntryPayload;

    /// <summary>An incident begins. Its id is this entry's index.</summary>
    /// <param name="Victim">Whom it is about.</param>
    /// <param name="Life">The life it ends; boot zero: not registered yet (F2) or unknown.</param>
    /// <param name="Claim">Number of claims that this life survived before: 0 for the first.</param>
    /// <param name="Kind">First kind; grows with later reports.</param>
    /// <param name="Words">The word that opened it; null: declared silent by the master.</param>
    /// <param name="AgeMs">Age of the word when the master appended this.</param>
    /// <param name="LeftMs">What was left of its window then; null: no window.</param>
    /// <param name="Handlers">The handlers of this incident, frozen (H2).</param>
    public sealed record Opened(
        NodeId Victim,
        Life Life,
        int Claim,
        EventKind Kind,
        Words? Words,
        long AgeMs,
        long? LeftMs,
        EquatableArray<HandlerDeclaration> Handlers
    ) : EntryPayload;

    /// <summary>A further word on an incident; stored even when it is closed (F4).</summary>
    public sealed record Reported(IncidentId Incident, Words Words, long AgeMs, long? LeftMs) : EntryPayload;

    /// <summary>The handlers' verdict (H4).</summary>
    public sealed record Answered(
        IncidentId Incident,
        Verdict Verdict,
        ulong Result,
        EquatableArray<HandlerResult> Results
    ) : EntryPayload;

    /// <summary>What became of one answer at its witness. Nothing else may be told as "acked".</summary>
    /// <param name="LeftMs">What was left of the window at the release, by the witness's clock; null: no window.</param>
    public sealed record Released(
        IncidentId Incident,
        ReportId Report,
        Verdict Verdict,
        ReleaseOutcome Outcome,
        long? LeftMs
    ) : EntryPayload;

    /// <summary>The victim of an open incident has also fallen silent on our own links.</summary>
    public sealed record FellSilent(IncidentId Incident, Life Life) : EntryPayload;

    /// <summary>What the master knew when it found a node silent: who had heard it last, when, and over which rail.</summary>
    /// <param name="Asked">Peers through whom the node was asked in vain whether it lives.</param>
    /// <param name="Sights">Of the master, and of every node that it heard then; in order of node and DIE.</param>
    public sealed record SilenceSeen(
        IncidentId Incident,
        EquatableArray<NodeId> Asked,
        EquatableArray<LastSight> Sights
    ) : EntryPayload;

    /// <summary>An incident ends.</summary>
    /// <param name="By">Who said so, for the audit; empty: the protocol.</param>
    public sealed record Closed(IncidentId Incident, CloseReason Reason, string By) : EntryPayload;

    /// <summary>The control group from here on: one seat more or fewer than before (G1). Counts from when it is appended.</summary>
    /// <param name="Voters">All seats in seat order, so that a snapshot needs the newest change only.</param>
    /// <param name="Changed">Whose seat came or went.</param>
    /// <param name="Incident">The incident that a removal follows (G3); null: another cause.</param>
    public sealed record GroupChanged(
        EquatableArray<Voter> Voters,
        Voter Changed,
        GroupCause Cause,
        IncidentId? Incident
    ) : EntryPayload
    {
        /// <summary>True: a seat came; false: one went.</summary>
        public bool IsAddition => Voters.Contains(Changed);

        /// <summary>It differs from the group before by the one seat that it names.</summary>
        public bool IsOneStepFrom(EquatableArray<Voter> before) =>
            IsAddition
                ? Voters.Count == before.Count + 1 && !before.Contains(Changed) && before.All(Voters.Contains)
                : Voters.Count == before.Count - 1 && before.Contains(Changed) && Voters.All(before.Contains);
    }

    /// <summary>A node's disk is lost with all that it promised (B4, B5): it votes no more under its old name.</summary>
    /// <param name="New">The disk it has now; the old one again: that disk went back.</param>
    public sealed record DiskLost(NodeId Node, DiskId Old, DiskId New) : EntryPayload;

    /// <summary>A live node is to give up its seat, since somebody will stop it (G5). Void once it starts anew.</summary>
    /// <param name="IsOff">The plan is taken back.</param>
    public sealed record StopPlanned(NodeId Node, Life Life, bool IsOff, Warrant Warrant) : EntryPayload;

    /// <summary>An operator, or a node that is stopped, wishes another master. What comes of it is the next term's.</summary>
    /// <param name="To">The wished one; null: whoever can.</param>
    public sealed record HandoverAsked(NodeId? To, Warrant Warrant) : EntryPayload;

    /// <summary>A majority of the group is lost, and an operator has one survivor go on alone, with what its log holds.</summary>
    /// <remarks>The only change of the group that nobody votes for. What it may break: docs/adr/0012-recovery.md.</remarks>
    /// <param name="Epoch">One more than the recovery before; 1 for the first.</param>
    /// <param name="BaseTerm">Term of the entry before this one: what comes later than (this, that index) may be lost.</param>
    /// <param name="Survivor">The only seat from here on; others are seated as followers are.</param>
    /// <param name="Lost">Seats whose disks are declared lost: they take part no more.</param>
    public sealed record Recovered(
        long Epoch,
        Term BaseTerm,
        Voter Survivor,
        EquatableArray<Voter> Lost,
        Warrant Warrant
    ) : EntryPayload;

    /// <summary>The cluster's map from here on, whole: who there is and where (protocol.md 15). Counts when it is committed.</summary>
    /// <remarks>As a wish it has version 0, no former nodes, and the map that it was made for as its only ancestor.</remarks>
    /// <param name="Version">Counts the maps that were applied, from 1. The one of the first start is version 0.</param>
    /// <param name="Ancestors">Digests of earlier maps, oldest first; the last one is that of the map before.</param>
    /// <param name="Text">The map, as a topology file.</param>
    /// <param name="Former">Nodes that earlier maps had and this one has not, by id.</param>
    public sealed record MapChanged(
        long Version,
        EquatableArray<string> Ancestors,
        string Text,
        EquatableArray<FormerNode> Former,
        Warrant Warrant
    ) : EntryPayload;

    /// <summary>A handler is declared, or declared anew.</summary>
    public sealed record HandlerDeclared(HandlerDeclaration Handler) : EntryPayload;

    /// <summary>A handler is not wanted any more.</summary>
    public sealed record HandlerDropped(string Name) : EntryPayload;

    /// <summary>Notices go to this channel too, of incidents that come after this entry.</summary>
    public sealed record ChannelDeclared(string Name) : EntryPayload;

    /// <summary>How far the notice of one incident to one channel has come.</summary>
    /// <param name="Attempt">1 for the first start, then one more with each; with another stage: starts so far, 0 for none.</param>
    /// <param name="By">The node that sends it, or found out.</param>
    /// <param name="Process">Which process of that node: the one that comes after it must not take its start for its own.</param>
    /// <param name="Detail">For people; empty: nothing to say.</param>
    public sealed record Notified(
        IncidentId Incident,
        string Channel,
        NoticeMoment Moment,
        NoticeStage Stage,
        int Attempt,
        NodeId By,
        ulong Process,
        string Detail
    ) : EntryPayload;

    /// <summary>An operator wants no notices of these for a time. The incidents are the same without.</summary>
    /// <param name="Node">Whose incidents; null: everybody's.</param>
    /// <param name="Kinds">Of these kinds; empty: of all.</param>
    /// <param name="UntilUnixMs">Its end, by the wall clock.</param>
    /// <param name="IsMaintenance">Work on the node was announced.</param>
    public sealed record Muted(
        NodeId? Node,
        EquatableArray<EventKind> Kinds,
        long UntilUnixMs,
        bool IsMaintenance,
        Warrant Warrant
    ) : EntryPayload
    {
        /// <summary>This incident falls under it, while it lasts.</summary>
        public bool Covers(Incident incident) =>
            (Node is null || Node == incident.Victim) && (Kinds.Count == 0 || Kinds.Contains(incident.Kind));
    }

    /// <summary>A mute ends before its time.</summary>
    /// <param name="Mute">Its entry.</param>
    public sealed record Unmuted(LogIndex Mute, Warrant Warrant) : EntryPayload;

    /// <summary>An entry of a version that this one does not know; its bytes as they came.</summary>
    public sealed record Unknown(EquatableArray<byte> Bytes) : EntryPayload;
}

/// <summary>The log up to an index, with every entry dropped that no longer matters. Replaying it gives the state.</summary>
/// <param name="LastIndex">The last index that it stands for.</param>
/// <param name="LastTerm">That entry's term.</param>
/// <param name="Entries">What is retained, in order, with the original indices.</param>
public sealed record Snapshot(LogIndex LastIndex, Term LastTerm, EquatableArray<Entry> Entries);
