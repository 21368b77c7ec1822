namespace ClusterRas.Protocol;

/// <summary>What an answer says. It may only grow from <see cref="Recorded"/>.</summary>
public enum Verdict
{
    /// <summary>Not set; refused.</summary>
    None = 0,

    /// <summary>Committed on a majority; no required handler has answered (in time, or there is none).</summary>
    Recorded = 1,

    /// <summary>Committed, and every required handler did its work.</summary>
    Handled = 2,

    /// <summary>Committed, and at least one required handler failed, was absent or is unknown.</summary>
    Failed = 3,

    /// <summary>The claim was already closed; the word is stored as evidence and changes nothing.</summary>
    Closed = 4,

    /// <summary>Stored, but the event had no victim in the topology; no incident.</summary>
    UnknownVictim = 5,
}

/// <summary>What became of letting the waiter go on. Only <see cref="Acked"/> may be told as "acked".</summary>
public enum ReleaseOutcome
{
    /// <summary>Not set; refused.</summary>
    None = 0,

    /// <summary>The waiter took the answer (MSG_ACK returned 0, or the caller read it).</summary>
    Acked = 1,

    /// <summary>The window was over by the witness's clock; nothing was written.</summary>
    Late = 2,

    /// <summary>The kernel knows no such message any more (ENOENT).</summary>
    NoSuchMessage = 3,

    /// <summary>The device was reopened or another event has taken the number; nothing was written.</summary>
    Overtaken = 4,

    /// <summary>Writing failed otherwise, or the caller had gone.</summary>
    Failed = 5,

    /// <summary>Nobody waited for this word.</summary>
    NobodyWaits = 6,
}

/// <summary>Why an incident ended.</summary>
public enum CloseReason
{
    /// <summary>Not set; refused.</summary>
    None = 0,

    /// <summary>The victim is back with a new life.</summary>
    Rebooted = 1,

    /// <summary>The victim itself took its word back.</summary>
    Cancelled = 2,

    /// <summary>The claimed life goes on long after the window.</summary>
    Contradicted = 3,

    /// <summary>An operator said so.</summary>
    Operator = 4,

    /// <summary>A local event: told, and nothing more to come.</summary>
    Noted = 5,

    /// <summary>A silent node is heard again in the same life.</summary>
    HeardAgain = 6,
}

/// <summary>What one handler answered for one incident.</summary>
public enum HandlerOutcome
{
    /// <summary>Not set; refused.</summary>
    None = 0,

    /// <summary>Did its work.</summary>
    Done = 1,

    /// <summary>Says that it failed, or threw, or exited non-zero.</summary>
    Failed = 2,

    /// <summary>Was not connected within 1 s of its start.</summary>
    Absent = 3,

    /// <summary>Did not answer by its deadline.</summary>
    TimedOut = 4,

    /// <summary>The master that started it is gone, and it may not be started twice.</summary>
    Unknown = 5,
}
