using ClusterRas.Protocol;
using ClusterRas.Transport;

namespace ClusterRas.Master.Tests;

/// <summary>The ledger's codec as the daemon makes it: the wire's own.</summary>
internal static class WireCodec
{
    public static readonly LedgerCodec Instance = new(
        EntryCodec.EncodePayload,
        bytes =>
            EntryCodec.TryDecodePayload(bytes, out var payload, out var reason)
                ? payload
                : throw new InvalidDataException(reason),
        StoredReportCodec.Encode,
        bytes =>
            StoredReportCodec.TryDecode(bytes, out var report, out var reason)
                ? report
                : throw new InvalidDataException(reason)
    );
}
