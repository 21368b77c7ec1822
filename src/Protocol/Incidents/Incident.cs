using System.Collections.Immutable;
using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>One stored word of an incident.</summary>
/// <param name="Index">Its entry.</param>
/// <param name="AgeMs">Age when the master appended it.</param>
/// <param name="LeftMs">What was left of its window then; null: no window.</param>
public sealed record Evidence(LogIndex Index, Words Words, long AgeMs, long? LeftMs);

/// <summary>What became of one answer at its witness, as committed.</summary>
/// <param name="Index">Its entry.</param>
public sealed record ReleaseRecord(
    LogIndex Index,
    ReportId Report,
    Verdict Verdict,
    ReleaseOutcome Outcome,
    long? LeftMs
);

/// <summary>What the master made of all words about one claim. A function of the committed log, but for the two instants.</summary>
public sealed partial record Incident
{
    /// <summary>Most words stored of one incident; the rest are answered all the same.</summary>
    public const int EvidenceMax = 64;

    /// <summary>Log index of the entry that opened it.</summary>
    public required IncidentId Id { get; init; }

    /// <summary>Term of that entry.</summary>
    public required Term OpenedIn { get; init; }

    /// <summary>Whom it is about.</summary>
    public required NodeId Victim { get; init; }

    /// <summary>The life it ends. Boot zero: not registered (yet).</summary>
    public required Life Life { get; init; }

    /// <summary>Claims that this life survived before.</summary>
    public required int Claim { get; init; }

    /// <summary>What is claimed; only grows (silent, reboot, panic).</summary>
    public required EventKind Kind { get; init; }

    /// <summary>The handlers, frozen when it opened.</summary>
    public required EquatableArray<HandlerDeclaration> Handlers { get; init; }

    /// <summary>The words, in order of the log; empty: declared silent and nobody has said anything.</summary>
    public ImmutableList<Evidence> Reports { get; init; } = [];

    /// <summary>The verdict so far: recorded, until the handlers' answer is committed.</summary>
    public Verdict Verdict { get; init; } = Verdict.Recorded;

    /// <summary>The handlers' 64-bit result.</summary>
    public ulong Result { get; init; }

    /// <summary>True once the handlers' answer is committed.</summary>
    public bool IsAnswered { get; init; }

    /// <summary>What each handler answered.</summary>
    public EquatableArray<HandlerResult> Results { get; init; }

    /// <summary>What became of the answers at their witnesses.</summary>
    public ImmutableList<ReleaseRecord> Releases { get; init; } = [];

    /// <summary>The victim also fell silent on our own links.</summary>
    public bool FellSilent { get; init; }

    /// <summary>What its silence was found by; null: it was not, or by a master of an older version.</summary>
    public SilenceRecord? Silence { get; init; }

    /// <summary>Why it ended; null: it is open.</summary>
    public CloseReason? Closed { get; init; }

    /// <summary>Who closed it; empty: the protocol.</summary>
    public string ClosedBy { get; init; } = "";

    /// <summary>The entry that closed it; null: open.</summary>
    public LogIndex? ClosedAt { get; init; }

    /// <summary>Registrations, beside the one that closed it, without which its entries would tell another story: they are kept as long as it is.</summary>
    public EquatableArray<LogIndex> StandsOn { get; init; }

    /// <summary>When the claim was first made, as this node's clock reckons it. Local: not part of the replicated state.</summary>
    public Instant ClaimedAt { get; init; }

    /// <summary>When its shortest window ends, as this node's clock reckons it; null: no window. Local.</summary>
    public Instant? WindowEnds { get; init; }

    /// <summary>True while it has not ended.</summary>
    public bool IsOpen => Closed is null;

    /// <summary>True when some waiter took the answer.</summary>
    public bool IsAcked => Releases.Exists(release => release.Outcome == ReleaseOutcome.Acked);

    /// <summary>Somebody said that the life ends (silence alone is not a word). A power-off counts once it was let go.</summary>
    public bool IsTold =>
        (Kind.IsFatal() && Reports.Count > 0)
        || (
            Kind == EventKind.PowerOff
            && Result == 0
            && Releases.Exists(release => release.Outcome == ReleaseOutcome.Acked)
        );
}
