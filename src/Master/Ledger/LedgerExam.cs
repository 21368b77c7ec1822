using System.Globalization;
using ClusterRas.Fabric;
using ClusterRas.Master.Sqlite;
using ClusterRas.Protocol;

namespace ClusterRas.Master;

/// <summary>What the checks of B5 say about a database.</summary>
internal abstract record LedgerFinding
{
    private LedgerFinding() { }

    /// <summary>Everything fits; this is what it holds, and the mark that must stand beside it.</summary>
    internal sealed record Sound(StoredState State, HighWaterMark Mark) : LedgerFinding;

    /// <summary>It must not be trusted, and why.</summary>
    internal sealed record Untrusted(string Reason) : LedgerFinding;
}

/// <summary>Reads a whole database and checks it: SQLite's own check, the chains, and the mark beside it.</summary>
internal sealed class LedgerExam(SqliteConnection connection, LedgerCodec codec)
{
    private readonly record struct Meta(DiskId Disk, long Writes, long Shown, BootId Boot, int Tag);

    private string? reason;

    /// <summary>Throws <see cref="LedgerException"/> for a ledger of another version, and <see cref="SqliteException"/>
    /// for a disk that cannot be read: neither says anything against what is on it.</summary>
    internal LedgerFinding Run(HighWaterMark mark)
    {
        var found = Read(mark);
        return found is null || reason is not null ? new LedgerFinding.Untrusted(reason ?? "unreadable") : found;
    }

    private LedgerFinding.Sound? Read(HighWaterMark mark)
    {
        if (connection.Number("SELECT count(*) FROM sqlite_schema WHERE name = 'meta'") is not > 0)
        {
            return Distrust("the database has no tables of ours");
        }

        if (connection.Number("SELECT schema_version FROM meta") is not { } version)
        {
            return Distrust("the database does not say which disk it is");
        }

        if (version != LedgerSchema.Version)
        {
            throw new LedgerException(
                $"The ledger has schema {version} and this program knows {LedgerSchema.Version}: "
                    + "start the version that made it, or a newer one."
            );
        }

        if (connection.Text("PRAGMA quick_check(1)") is var check && check != "ok")
        {
            return Distrust($"SQLite's own check fails: {check}");
        }

        if (ReadMeta() is not { } meta || ReadHardState() is not { } hardState)
        {
            return null;
        }

        var snapshot = ReadSnapshot(out var at);
        var entries = reason is null ? ReadEntries(ref at) : [];
        if (reason is not null)
        {
            return null;
        }

        at = at with
        {
            Disk = meta.Disk,
            Boot = meta.Boot,
            Tag = meta.Tag,
            Writes = meta.Writes,
            HardState = HighWaterMark.Hash(hardState),
        };
        if (!Agrees(mark, at))
        {
            return null;
        }

        var outbox = ReadOutbox();
        var commit = Math.Max(meta.Shown, snapshot?.LastIndex.Value ?? 0);
        var state = new StoredState(meta.Disk, hardState, snapshot, [.. entries], [.. outbox], new LogIndex(commit));
        return new LedgerFinding.Sound(state, at);
    }

    /// <summary>The mark is fsynced after each durable write and before the next one is begun; so the database is level
    /// with it, or exactly one write ahead.</summary>
    private bool Agrees(HighWaterMark mark, HighWaterMark at)
    {
        var wrong =
            mark.Disk != at.Disk ? "the mark beside the database belongs to another disk id"
            : at.Writes < mark.Writes
                ? $"its tail is lost: the database ends at write {at.Writes} (entry {at.LastIndex}), "
                    + $"the mark at write {mark.Writes} (entry {mark.LastIndex})"
            : at.Writes > mark.Writes + 1
                ? $"the mark is of write {mark.Writes}, the database of write {at.Writes}: one of them was put back"
            : at.Writes == mark.Writes && at != mark
                ? $"the database is not the one that the mark was written for, at write {at.Writes}"
            : null;
        reason = wrong;
        return wrong is null;
    }

    private Meta? ReadMeta()
    {
        var row = connection.Statement("SELECT disk_id, writes, shown_index, boot_id, tag FROM meta");
        _ = row.Step();
        var disk = ReadId(row.Text(0));
        var boot = ReadId(row.Text(3));
        var meta =
            disk is { } diskId && boot is { } bootId
                ? new Meta(new DiskId(diskId), row.Long(1), row.Long(2), new BootId(bootId), (int)row.Long(4))
                : (Meta?)null;
        row.Clear();
        return meta ?? Distrust<Meta>("table meta holds no ids");
    }

    private HardState? ReadHardState()
    {
        var row = connection.Statement("SELECT cluster_id, term, vote_node, vote_disk, retired_by FROM hard_state");
        var there = row.Step();
        var cluster = there ? ReadId(row.Text(0)) : null;
        var term = there ? row.Long(1) : 0;
        var node = there ? row.LongOrNull(2) : null;
        var disk = there && row.TextOrNull(3) is { } text ? ReadId(text) : null;
        var retiredBy = there ? row.Long(4) : 0;
        row.Clear();
        if (cluster is not { } clusterId || node.HasValue != disk.HasValue)
        {
            reason = "table hard_state holds no term and vote";
            return null;
        }

        Voter? vote = node is { } known && disk is { } id ? new Voter(new NodeId((int)known), new DiskId(id)) : null;
        return new HardState(new ClusterId(clusterId), new Term(term), vote) { RetiredBy = retiredBy };
    }

    private Snapshot? ReadSnapshot(out HighWaterMark at)
    {
        at = HighWaterMark.Fresh(default, default, 0);
        var row = connection.Statement("SELECT last_index, last_term, chain, content FROM snapshot");
        if (!row.Step())
        {
            return null;
        }

        var lastIndex = new LogIndex(row.Long(0));
        var lastTerm = new Term(row.Long(1));
        var chained = ChainHash.TryRead(row.Blob(2), out var chain) & ChainHash.TryRead(row.Blob(3), out var content);
        row.Clear();

        var kept = new List<(LogIndex Index, Term Term, byte[] Payload)>();
        var sum = ChainHash.Start;
        row = connection.Statement("SELECT log_index, term, payload FROM snapshot_entries ORDER BY log_index");
        while (row.Step())
        {
            kept.Add((new LogIndex(row.Long(0)), new Term(row.Long(1)), row.Blob(2)));
            sum = sum.Then(kept[^1].Index, kept[^1].Term, kept[^1].Payload);
        }

        if (!chained || sum != content)
        {
            reason = $"the snapshot at entry {lastIndex} does not fit its hash";
            return null;
        }

        at = at with { LastIndex = lastIndex, Chain = chain };
        return new Snapshot(
            lastIndex,
            lastTerm,
            [.. kept.Select(entry => Decode(entry.Index, entry.Term, entry.Payload))]
        );
    }

    private List<Entry> ReadEntries(ref HighWaterMark at)
    {
        var entries = new List<Entry>();
        var row = connection.Statement("SELECT log_index, term, payload, chain FROM entries ORDER BY log_index");
        while (row.Step())
        {
            var index = new LogIndex(row.Long(0));
            var term = new Term(row.Long(1));
            var payload = row.Blob(2);
            var chain = at.Chain.Then(index, term, payload);
            if (index != at.LastIndex.Next || !ChainHash.TryRead(row.Blob(3), out var stored) || stored != chain)
            {
                reason = $"the hash chain breaks after entry {at.LastIndex}, at entry {index}";
                row.Clear();
                return entries;
            }

            entries.Add(Decode(index, term, payload));
            at = at with { LastIndex = index, Chain = chain };
        }

        return entries;
    }

    private List<StoredReport> ReadOutbox()
    {
        var reports = new List<StoredReport>();
        var row = connection.Statement("SELECT body, report FROM outbox ORDER BY place");
        while (row.Step())
        {
            var (body, report) = (row.Blob(0), row.Text(1));
            reports.Add(Decode(() => codec.ReadReport(body), $"Report {report} of the outbox"));
        }

        return reports;
    }

    private Entry Decode(LogIndex index, Term term, byte[] payload) =>
        new(index, term, Decode(() => codec.ReadPayload(payload), $"Entry {index}"));

    /// <summary>The codec is the caller's, so any exception may come out of it.</summary>
    private static T Decode<T>(Func<T> decode, string what)
    {
        try
        {
            return decode();
        }
        catch (Exception trouble)
        {
            throw new LedgerException($"{what} cannot be read by this version: {trouble.Message}", trouble);
        }
    }

    private static UInt128? ReadId(string text) =>
        text.Length == 32
        && UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)
            ? id
            : null;

    private LedgerFinding.Sound? Distrust(string why)
    {
        reason = why;
        return null;
    }

    private T? Distrust<T>(string why)
        where T : struct
    {
        reason = why;
        return null;
    }
}
