using ClusterRas.Protocol;

namespace ClusterRas.Master;

/// <summary>What waits for the ledger's thread.</summary>
internal abstract record LedgerWork
{
    private LedgerWork() { }

    /// <summary>Entries plus one: what it counts against the limits.</summary>
    internal abstract int Weight { get; }

    /// <summary>Must be fsynced and answered.</summary>
    internal virtual bool IsDurable => false;

    /// <summary>What the protocol wants on disk.</summary>
    internal sealed record Write(Ticket Ticket, DiskWrite Change) : LedgerWork
    {
        internal override int Weight => 1 + Change.Append.Count;

        /// <summary>Words that leave the outbox wait for the next write: where that is lost they are said again.</summary>
        internal override bool IsDurable =>
            Change.HardState is not null
            || Change.TruncateFrom is not null
            || Change.Snapshot is not null
            || Change.Append.Count > 0
            || Change.OutboxPut.Count > 0;
    }

    /// <summary>To be shown in the incident tables.</summary>
    internal sealed record Committed(EquatableArray<Entry> Entries) : LedgerWork
    {
        internal override int Weight => 1 + Entries.Count;
    }

    /// <summary>The incident tables are to catch up with a snapshot.</summary>
    internal sealed record Restored(Snapshot Snapshot) : LedgerWork
    {
        internal override int Weight => 1;
    }
}
