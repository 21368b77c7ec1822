using ClusterRas.Protocol;

namespace ClusterRas.Master;

/// <summary>What a running ledger tells. Called on the ledger's own thread; must return at once and not
/// throw.</summary>
/// <param name="Persisted">This write and all before it are on disk; the mark that says so may be one write behind. A
/// stall that ends can tell the same write again.</param>
/// <param name="Stalled">The disk takes no writes now; they are kept in order and tried again. Told once for each
/// reason; the next <paramref name="Persisted"/> ends it.</param>
/// <param name="Failed">It is not known what is on disk, or a rule was broken: the process must end (B7). Told once,
/// and nothing after it.</param>
public sealed record LedgerSignals(Action<Ticket> Persisted, Action<string> Stalled, Action<string> Failed);
