using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>A handler as the ledger knows it (H1). A connection is only presence; this is the declaration.</summary>
/// <param name="Name">Unique; a DNS label.</param>
/// <param name="Kinds">Which events it reacts to.</param>
/// <param name="Deadline">How long one call may take.</param>
/// <param name="Required">The answer waits for it, at most until AckBy.</param>
/// <param name="Idempotent">A later master may start it again, with the incident id as key.</param>
/// <param name="NeedsSilence">Starts only when the victim is also silent on our own authenticated links.</param>
public sealed record HandlerDeclaration(
    string Name,
    EquatableArray<EventKind> Kinds,
    TimeSpan Deadline,
    bool Required,
    bool Idempotent,
    bool NeedsSilence
);

/// <summary>One start of one handler. The incident id is the idempotency key.</summary>
/// <param name="Words">The first word; null: declared silent, nobody said anything.</param>
/// <param name="Term">The master's term: a fencing token for outside agents.</param>
public sealed record HandlerCall(
    IncidentId Incident,
    string Handler,
    NodeId Victim,
    EventKind Kind,
    Words? Words,
    TimeSpan Deadline,
    Term Term
);

/// <summary>What a handler answered.</summary>
/// <param name="Result">Power-off: non-zero vetoes. OOM: pages freed. Others: its own number.</param>
/// <param name="Message">At most 512 characters for the operator; empty: nothing to say.</param>
public sealed record HandlerResult(string Handler, HandlerOutcome Outcome, ulong Result, string Message);
