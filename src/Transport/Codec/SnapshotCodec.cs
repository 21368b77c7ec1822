using System.Diagnostics.CodeAnalysis;
using ClusterRas.Protocol;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport;

/// <summary>Snapshots as bytes, for the disk. On a link they travel inside their frame.</summary>
/// <remarks>Source: proto/clusterras/v1/log.proto.</remarks>
public static class SnapshotCodec
{
    /// <summary>The same snapshot gives the same bytes.</summary>
    public static byte[] Encode(Snapshot snapshot) => ProtoBytes.ToArray(LogWriter.Write(snapshot));

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <returns>False, with the reason, for anything else. Never throws.</returns>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out Snapshot? snapshot,
        [NotNullWhen(false)] out string? reason
    )
    {
        snapshot = null;
        if (!ProtoBytes.TryParse(V1.Snapshot.Parser, bytes, out var wire, out reason))
        {
            return false;
        }

        var check = new FieldCheck();
        var read = LogReader.Snapshot(wire, ref check);
        reason = check.Refusal;
        if (reason is not null)
        {
            return false;
        }

        snapshot = read;
        return true;
    }
}
