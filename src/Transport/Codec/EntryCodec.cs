using System.Diagnostics.CodeAnalysis;
using ClusterRas.Protocol;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport;

/// <summary>Log entries as bytes: the same bytes on every node, since they are hashed and passed on.</summary>
/// <remarks>Source: proto/clusterras/v1/log.proto.</remarks>
public static class EntryCodec
{
    /// <summary>What the hash chain goes over. Unknown payloads give back the bytes that came.</summary>
    public static byte[] EncodePayload(EntryPayload payload) =>
        payload is EntryPayload.Unknown unknown
            ? unknown.Bytes.AsSpan().ToArray()
            : ProtoBytes.ToArray(PayloadWriter.Write(payload));

    /// <summary>Reads what <see cref="EncodePayload"/> wrote, here or in another version.</summary>
    /// <returns>False, with the reason, for anything else. Never throws.</returns>
    public static bool TryDecodePayload(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out EntryPayload? payload,
        [NotNullWhen(false)] out string? reason
    )
    {
        var check = new FieldCheck();
        payload = PayloadReader.Read(bytes, ref check);
        reason = check.Refusal;
        if (reason is null)
        {
            return true;
        }

        payload = null;
        return false;
    }

    /// <summary>Index, term and payload.</summary>
    public static byte[] Encode(Entry entry) => ProtoBytes.ToArray(LogWriter.Write(entry));

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <returns>False, with the reason, for anything else. Never throws.</returns>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out Entry? entry,
        [NotNullWhen(false)] out string? reason
    )
    {
        entry = null;
        if (!ProtoBytes.TryParse(V1.Entry.Parser, bytes, out var wire, out reason))
        {
            return false;
        }

        var check = new FieldCheck();
        var read = LogReader.Entry(wire, ref check);
        reason = check.Refusal;
        if (reason is not null)
        {
            return false;
        }

        entry = read;
        return true;
    }
}
