using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Master;

/// <summary>One row of table incidents: where an incident stands, as far as this node knows.</summary>
/// <param name="Id">Log index of the entry that opened it.</param>
/// <param name="Victim">Whom it is about.</param>
/// <param name="Life">The life that it ends; boot zero: unknown.</param>
/// <param name="Claim">Claims that this life survived before.</param>
/// <param name="Kind">What is claimed now; it has grown from <paramref name="OpenedKind"/>.</param>
/// <param name="OpenedKind">What was claimed first.</param>
/// <param name="IsDrill">Opened by a drill of an operator.</param>
/// <param name="Verdict">The last answer.</param>
/// <param name="Result">The handlers' 64-bit result.</param>
/// <param name="LeftMs">Least that was left of its window, in ms; null: no window.</param>
/// <param name="Reports">Words seen, of which at most 64 are stored.</param>
/// <param name="FellSilentAt">Where the log says that the victim fell silent; null: it does not.</param>
/// <param name="IsOpen">It has not ended.</param>
/// <param name="ClosedAt">Where the log says that it ended; null: it does not.</param>
/// <param name="CloseReason">A <see cref="Protocol.CloseReason"/>, or <c>WhileAway</c>: it ended while this node was
/// not there and how is no longer told; empty: open.</param>
/// <param name="ClosedBy">Who closed it; empty: the protocol.</param>
/// <param name="WrittenUtc">This node's wall clock when it learned of the incident, ISO 8601. Not the time of the
/// death.</param>
public sealed record IncidentRow(
    IncidentId Id,
    NodeId Victim,
    Life Life,
    int Claim,
    EventKind Kind,
    EventKind OpenedKind,
    bool IsDrill,
    Verdict Verdict,
    ulong Result,
    long? LeftMs,
    long Reports,
    LogIndex? FellSilentAt,
    bool IsOpen,
    LogIndex? ClosedAt,
    string CloseReason,
    string ClosedBy,
    string WrittenUtc
);

/// <summary>One row of table reports: a word on an incident.</summary>
/// <param name="At">Its place in the log.</param>
/// <param name="Report">Names it.</param>
/// <param name="AgeMs">Its age when the master appended it.</param>
/// <param name="LeftMs">What was left of its window then; null: no window.</param>
/// <param name="Detail">More about it, for people; empty: nothing.</param>
public sealed record ReportRow(LogIndex At, ReportId Report, long AgeMs, long? LeftMs, string Detail);

/// <summary>One row of table answers, with the handlers' results.</summary>
public sealed record AnswerRow(LogIndex At, Verdict Verdict, ulong Result, IReadOnlyList<HandlerResult> Results);

/// <summary>One row of table releases: what became of one answer at its witness.</summary>
/// <param name="LeftMs">What was left of the window by the witness's clock; null: no window.</param>
public sealed record ReleaseRow(LogIndex At, ReportId Report, Verdict Verdict, ReleaseOutcome Outcome, long? LeftMs);

/// <summary>All that the tables tell about one incident, each list in the log's order.</summary>
public sealed record IncidentFile(
    IncidentRow Incident,
    IReadOnlyList<ReportRow> Reports,
    IReadOnlyList<AnswerRow> Answers,
    IReadOnlyList<ReleaseRow> Releases
);
