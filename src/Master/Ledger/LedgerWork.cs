using ClusterRas.Protocol;

namespace ClusterRas.Master;

/// <summary>What waits for the ledger's thread.</summary>
internal abstract record LedgerWork
{
    private LedgerWork() { }

    /// <summary>Entries plus one: what it counts against the limits.</summary>
    internal abstract int Weight { get; }

    /// <summary>Must be fsynced and answered.</summary>
    internal sealed record Write(Ticket Ticket, DiskWrite Change) : LedgerWork
    {
        internal override int Weight => 1 + Change.Append.Count;
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
