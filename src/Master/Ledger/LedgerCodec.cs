using ClusterRas.Protocol;

namespace ClusterRas.Master;

/// <summary>How what the ledger keeps becomes bytes. The wire's own codec, handed in: this room knows no
/// wire.</summary>
/// <remarks>Called on the ledger's thread, and by <see cref="Ledger.Open"/> on the caller's. Reading may throw for
/// bytes that it cannot make sense of; the ledger is then refused as being of another version.</remarks>
/// <param name="WritePayload">The same bytes for the same payload on every node.</param>
/// <param name="ReadPayload">Unknown kinds come back as <see cref="EntryPayload.Unknown"/>.</param>
/// <param name="WriteReport">With its instants and device, as they are: they mean something in this boot only.</param>
/// <param name="ReadReport">The reverse.</param>
public sealed record LedgerCodec(
    Func<EntryPayload, byte[]> WritePayload,
    Func<byte[], EntryPayload> ReadPayload,
    Func<StoredReport, byte[]> WriteReport,
    Func<byte[], StoredReport> ReadReport
);
