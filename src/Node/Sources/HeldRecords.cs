using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Node.Sources;

/// <summary>A record that may still be answered.</summary>
/// <param name="Report">The word made of it.</param>
/// <param name="Bytes">The 88 bytes as read, which the answer repeats.</param>
/// <param name="Eid">The address in its first copy.</param>
/// <param name="WindowEnds">By its first copy: the last instant at which somebody waits; null: no window.</param>
internal sealed record HeldRecord(ReportId Report, byte[] Bytes, Eid? Eid, Instant? WindowEnds)
{
    /// <summary>The address in its last copy.</summary>
    public Eid? LastEid { get; init; } = Eid;
}

/// <summary>The last record read with each msgid, for a kernel matches answers by that number alone (D2).</summary>
/// <remarks>Not safe for threads.</remarks>
internal sealed class HeldRecords(int limit)
{
    private readonly OrderedDictionary<ulong, HeldRecord> byMsgid = [];

    /// <summary>Forgets everything: the descriptor is gone (D1).</summary>
    public void Clear() => byMsgid.Clear();

    /// <summary>A record was read, whether or not it is raised: from now on its msgid means this one.</summary>
    public void Remember(ReportId report, ReadOnlySpan<byte> bytes, Eid? eid, Instant? windowEnds)
    {
        if (byMsgid.TryGetValue(report.High, out var held) && held.Report == report)
        {
            byMsgid[report.High] = held with { LastEid = eid };
            return;
        }

        byMsgid.Remove(report.High);
        if (byMsgid.Count >= limit)
        {
            byMsgid.RemoveAt(0);
        }

        byMsgid.Add(report.High, new HeldRecord(report, bytes.ToArray(), eid, windowEnds));
    }

    /// <summary>The record to answer, if an answer would reach it and nothing else.</summary>
    /// <returns>Null: another event has the number now, or the record was pushed out by newer ones.</returns>
    public HeldRecord? Find(ReportId report) =>
        byMsgid.TryGetValue(report.High, out var held) && held.Report == report && held.LastEid == held.Eid
            ? held
            : null;
}
