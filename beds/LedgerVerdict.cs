namespace ClusterRas.Beds;

/// <summary>What the ledgers say together.</summary>
/// <param name="Lost">Panics that some ledger has not.</param>
/// <param name="Doubled">Panics that some ledger has twice.</param>
/// <param name="FalselySilent">Lives that were called silent although nothing had silenced them.</param>
public sealed record LedgerVerdict(
    int Lost,
    int Doubled,
    IReadOnlySet<LifeName> FalselySilent,
    IReadOnlyList<Finding> Findings
);
