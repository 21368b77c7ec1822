using ClusterRas.Protocol;

namespace ClusterRas.Master;

/// <summary>What was found where the ledger should be.</summary>
public enum LedgerCondition
{
    /// <summary>Nothing, or a database that was never written to: a first start.</summary>
    Fresh,

    /// <summary>A sound database.</summary>
    Sound,

    /// <summary>A database that must not be trusted (B5). It was set aside and an empty one made, with a new disk
    /// id.</summary>
    TreatedAsWiped,
}

/// <summary>An opened ledger and what it holds.</summary>
/// <param name="Ledger">To be started, and disposed of by the caller.</param>
/// <param name="State">What the protocol core starts from.</param>
/// <param name="Condition">What was found.</param>
/// <param name="Reason">Why it was treated as wiped, for the operator; empty otherwise.</param>
/// <param name="SetAside">Folder that holds the untrusted files, untouched; null: none.</param>
/// <param name="Notes">Harmless things found on the way, one sentence each.</param>
public sealed record LedgerOpening(
    Ledger Ledger,
    StoredState State,
    LedgerCondition Condition,
    string Reason,
    string? SetAside,
    IReadOnlyList<string> Notes
);
