using ClusterRas.Master;
using ClusterRas.Protocol;
using ClusterRas.Transport;

namespace ClusterRas.Node;

/// <summary>The wire's codec as the ledger wants it: one form of an entry on disks and wires.</summary>
internal static class LedgerWire
{
    /// <summary>The codec.</summary>
    public static readonly LedgerCodec Codec = new(
        EntryCodec.EncodePayload,
        bytes => EntryCodec.TryDecodePayload(bytes, out var payload, out var reason) ? payload : throw Refused(reason),
        StoredReportCodec.Encode,
        bytes => StoredReportCodec.TryDecode(bytes, out var report, out var reason) ? report : throw Refused(reason)
    );

    private static InvalidDataException Refused(string reason) => new(reason);
}
