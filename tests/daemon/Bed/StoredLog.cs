using ClusterRas.Master;
using ClusterRas.Protocol;
using ClusterRas.Transport;
using Entry = ClusterRas.Protocol.Entry;

namespace ClusterRas.Daemon.Tests;

/// <summary>What a stopped node's disk holds; the opening checks its hash chain.</summary>
internal static class StoredLog
{
    private static readonly LedgerCodec Codec = new(
        EntryCodec.EncodePayload,
        bytes => EntryCodec.TryDecodePayload(bytes, out var payload, out var why) ? payload : throw Refused(why),
        StoredReportCodec.Encode,
        bytes => StoredReportCodec.TryDecode(bytes, out var report, out var why) ? report : throw Refused(why)
    );

    public static StoredState Read(RealNode node)
    {
        var opening = Ledger.Open(new LedgerOptions { Folder = node.Data }, Codec);
        opening.Ledger.Dispose();
        opening.Condition.ShouldBe(LedgerCondition.Sound, opening.Reason);
        return opening.State;
    }

    /// <summary>All logs are one and the same up to the smallest commit index, which is at least this.</summary>
    public static void ShouldAgree(IEnumerable<RealNode> stopped, ulong atLeast)
    {
        var states = stopped.Select(Read).ToList();
        var committed = states.Min(state => state.CommitIndex);
        ((ulong)committed.Value).ShouldBeGreaterThanOrEqualTo(atLeast);
        states.ShouldAllBe(state => state.Snapshot == null);
        var logs = states.Select(state => UpTo(state, committed)).ToList();
        logs[0].Count.ShouldBe((int)committed.Value);
        logs.ShouldAllBe(log => log.SequenceEqual(logs[0]));
    }

    private static List<Entry> UpTo(StoredState state, LogIndex last) =>
        [.. state.Entries.Where(entry => entry.Index.CompareTo(last) <= 0)];

    private static InvalidDataException Refused(string reason) => new(reason);
}
