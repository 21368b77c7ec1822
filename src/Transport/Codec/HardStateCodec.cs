using System.Diagnostics.CodeAnalysis;
using ClusterRas.Protocol;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport;

/// <summary>Cluster, term and vote as bytes, for the disk.</summary>
/// <remarks>Source: proto/clusterras/v1/log.proto.</remarks>
public static class HardStateCodec
{
    /// <summary>The same state gives the same bytes.</summary>
    public static byte[] Encode(HardState state) =>
        ProtoBytes.ToArray(
            new V1.HardState
            {
                ClusterHigh = LogWriter.High(state.Cluster.Value),
                ClusterLow = LogWriter.Low(state.Cluster.Value),
                Term = (ulong)state.Term.Value,
                Vote = state.Vote is { } vote ? LogWriter.Write(vote) : null,
                RetiredBy = (ulong)state.RetiredBy,
            }
        );

    /// <summary>Reads what <see cref="Encode"/> wrote.</summary>
    /// <returns>False, with the reason, for anything else. Never throws.</returns>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes,
        [NotNullWhen(true)] out HardState? state,
        [NotNullWhen(false)] out string? reason
    )
    {
        state = null;
        if (!ProtoBytes.TryParse(V1.HardState.Parser, bytes, out var wire, out reason))
        {
            return false;
        }

        var check = new FieldCheck();
        var read = new HardState(
            LogReader.Cluster(wire.ClusterHigh, wire.ClusterLow),
            check.Term(wire.Term),
            wire.Vote is null ? null : LogReader.Voter(wire.Vote, ref check)
        )
        {
            RetiredBy = wire.RetiredBy == 0 ? 0 : check.Epoch(wire.RetiredBy),
        };
        reason = check.Refusal;
        if (reason is not null)
        {
            return false;
        }

        state = read;
        return true;
    }
}
