using System.Diagnostics.CodeAnalysis;
using ClusterRas.Protocol;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport;

/// <summary>Words in the outbox as bytes, for this node's own disk.</summary>
/// <remarks>
/// Times are raw CLOCK_MONOTONIC; they mean something only in the boot that <see cref="ReportId.Boot"/> names, and a
/// reader in another boot takes the window as over. Source: proto/clusterras/v1/log.proto.
/// </remarks>
public static class StoredReportCodec
{
    /// <summary>The same word gives the same bytes.</summary>
    public static byte[] Encode(StoredReport stored)
    {
        var wire = new V1.StoredReport
        {
            Words = LogWriter.Write(stored.Report.Words),
            RaisedAtNs = stored.Report.RaisedAt.Nanoseconds,
        };
        if (stored.Report.WindowEnds is { } ends)
        {
            wire.WindowEndsNs = ends.Nanoseconds;
        }

        if (stored.Device is { } device)
        {
            wire.DeviceSource = device.Source;
            wire.DeviceEpoch = device.Epoch;
        }

        return ProtoBytes.ToArray(wire);
    }

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <returns>False, with the reason, for anything else. Never throws.</returns>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out StoredReport? stored,
        [NotNullWhen(false)] out string? reason
    )
    {
        stored = null;
        if (!ProtoBytes.TryParse(V1.StoredReport.Parser, bytes, out var wire, out reason))
        {
            return false;
        }

        var check = new FieldCheck();
        if (wire.HasDeviceSource != wire.HasDeviceEpoch)
        {
            check.Refuse("half a device");
        }

        var read = new StoredReport(
            new Report(
                LogReader.Words(wire.Words, ref check),
                new Instant(wire.RaisedAtNs),
                wire.HasWindowEndsNs ? new Instant(wire.WindowEndsNs) : null
            ),
            wire.HasDeviceSource ? new DeviceRef(wire.DeviceSource, wire.DeviceEpoch) : null
        );
        reason = check.Refusal;
        if (reason is not null)
        {
            return false;
        }

        stored = read;
        return true;
    }
}
