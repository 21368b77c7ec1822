using ClusterRas.Master.Sqlite;
using ClusterRas.Protocol;

namespace ClusterRas.Master;

/// <summary>Writes what the protocol stands on: hard state, log, snapshot, outbox. Runs inside the caller's
/// transaction.</summary>
/// <remarks>A <see cref="DiskWrite"/> that breaks a rule of the log throws <see cref="LedgerException"/>: we erred, and
/// nothing of it may reach the disk.</remarks>
internal sealed class LogTables(SqliteConnection connection, LedgerCodec codec)
{
    /// <summary>Does the whole write.</summary>
    /// <returns>Where the log and the hard state are then.</returns>
    internal HighWaterMark Apply(DiskWrite write, HighWaterMark at)
    {
        if (write.HardState is { } state)
        {
            at = Put(state, at);
        }

        if (write.TruncateFrom is { } from)
        {
            at = Truncate(from, at);
        }

        // A snapshot that came from the master stands before what is appended to it; one of our own, after.
        var snapshotFirst =
            write.Snapshot is { } first
            && write.Append.Count > 0
            && write.Append[0].Index.Value > first.LastIndex.Value;
        if (snapshotFirst && write.Snapshot is { } before)
        {
            at = Put(before, at);
        }

        foreach (var entry in write.Append)
        {
            at = Append(entry, at);
        }

        if (!snapshotFirst && write.Snapshot is { } after)
        {
            at = Put(after, at);
        }

        foreach (var report in write.OutboxPut)
        {
            connection
                .Statement(
                    "INSERT INTO outbox(report, body) VALUES(?1, ?2) ON CONFLICT(report) DO UPDATE SET body = ?2"
                )
                .Bind(1, LedgerSchema.Spell(report.Report.Id))
                .Bind(2, codec.WriteReport(report))
                .Run();
        }

        foreach (var report in write.OutboxDrop)
        {
            connection.Statement("DELETE FROM outbox WHERE report = ?1").Bind(1, LedgerSchema.Spell(report)).Run();
        }

        return at;
    }

    private HighWaterMark Put(HardState state, HighWaterMark at)
    {
        var cluster = LedgerSchema.Spell(state.Cluster.Value);
        var none = LedgerSchema.Spell(UInt128.Zero);
        var vote = state.Vote is { } voter ? LedgerSchema.Spell(voter.Disk.Value) : null;
        var statement = connection.Statement(
            "SELECT cluster_id, term, vote_node, vote_disk, retired_by FROM hard_state"
        );
        _ = statement.Step();
        var (knownCluster, knownTerm) = (statement.Text(0), statement.Long(1));
        var (knownNode, knownVote) = (statement.LongOrNull(2), statement.TextOrNull(3));
        var knownRetirement = statement.Long(4);
        statement.Clear();
        if (knownCluster != none && knownCluster != cluster)
        {
            throw new LedgerException($"This disk belongs to cluster {knownCluster} for ever (B2), not to {cluster}.");
        }

        if (state.Term.Value < knownTerm)
        {
            throw new LedgerException($"The term would go back from {knownTerm} to {state.Term} (S1).");
        }

        if (
            state.Term.Value == knownTerm
            && knownVote is not null
            && (knownVote != vote || knownNode != state.Vote?.Node.Value)
        )
        {
            throw new LedgerException($"The vote of term {knownTerm} is given and cannot change (S1).");
        }

        if (knownRetirement != 0 && state.RetiredBy != knownRetirement)
        {
            throw new LedgerException($"This disk is out by recovery {knownRetirement} for ever (R5).");
        }

        connection
            .Statement(
                "UPDATE hard_state SET cluster_id = ?1, term = ?2, vote_node = ?3, vote_disk = ?4, retired_by = ?5"
            )
            .Bind(1, cluster)
            .Bind(2, state.Term.Value)
            .Bind(3, state.Vote?.Node.Value)
            .Bind(4, vote)
            .Bind(5, state.RetiredBy)
            .Run();
        return at with { HardState = HighWaterMark.Hash(state) };
    }

    private HighWaterMark Truncate(LogIndex from, HighWaterMark at)
    {
        if (from.Value > at.LastIndex.Value)
        {
            return at;
        }

        var chain =
            ChainAt(from.Previous)
            ?? throw new LedgerException($"The log cannot be cut at {from}: a snapshot is there.");
        connection.Statement("DELETE FROM entries WHERE log_index >= ?1").Bind(1, from.Value).Run();
        return at with { LastIndex = from.Previous, Chain = chain };
    }

    private HighWaterMark Append(Entry entry, HighWaterMark at)
    {
        if (entry.Index != at.LastIndex.Next)
        {
            throw new LedgerException($"Entry {entry.Index} cannot follow entry {at.LastIndex}.");
        }

        var payload = codec.WritePayload(entry.Payload);
        var chain = at.Chain.Then(entry.Index, entry.Term, payload);
        connection
            .Statement("INSERT INTO entries VALUES(?1, ?2, ?3, ?4, ?5)")
            .Bind(1, entry.Index.Value)
            .Bind(2, entry.Term.Value)
            .Bind(3, entry.Payload.GetType().Name)
            .Bind(4, payload)
            .Bind(5, chain.ToArray())
            .Run();
        return at with { LastIndex = entry.Index, Chain = chain };
    }

    private HighWaterMark Put(Snapshot snapshot, HighWaterMark at)
    {
        var known = connection.Number("SELECT last_index FROM snapshot") ?? 0;
        if (snapshot.LastIndex.Value < known)
        {
            throw new LedgerException($"The snapshot would go back from {known} to {snapshot.LastIndex}.");
        }

        connection.Execute("DELETE FROM snapshot_entries");
        var content = ChainHash.Start;
        foreach (var entry in snapshot.Entries)
        {
            var payload = codec.WritePayload(entry.Payload);
            content = content.Then(entry.Index, entry.Term, payload);
            connection
                .Statement("INSERT INTO snapshot_entries VALUES(?1, ?2, ?3, ?4)")
                .Bind(1, entry.Index.Value)
                .Bind(2, entry.Term.Value)
                .Bind(3, entry.Payload.GetType().Name)
                .Bind(4, payload)
                .Run();
        }

        // Our own log goes on after the snapshot only if it holds the snapshot's last entry itself; otherwise what we
        // have is another history, and a new chain starts with what the snapshot says.
        var same = TermAt(snapshot.LastIndex) == snapshot.LastTerm.Value;
        var chain = same ? ChainAt(snapshot.LastIndex) : null;
        var kept = chain ?? content.Then(snapshot.LastIndex, snapshot.LastTerm, []);
        connection
            .Statement("DELETE FROM entries WHERE log_index <= ?1")
            .Bind(1, chain is null ? long.MaxValue : snapshot.LastIndex.Value)
            .Run();
        connection
            .Statement("INSERT OR REPLACE INTO snapshot VALUES(1, ?1, ?2, ?3, ?4)")
            .Bind(1, snapshot.LastIndex.Value)
            .Bind(2, snapshot.LastTerm.Value)
            .Bind(3, kept.ToArray())
            .Bind(4, content.ToArray())
            .Run();
        return chain is null ? at with { LastIndex = snapshot.LastIndex, Chain = kept } : at;
    }

    /// <summary>The chain's hash at an index that is in the log, the snapshot's last, or 0; null elsewhere.</summary>
    private ChainHash? ChainAt(LogIndex index)
    {
        var statement = connection
            .Statement(
                "SELECT chain FROM entries WHERE log_index = ?1 UNION ALL "
                    + "SELECT chain FROM snapshot WHERE last_index = ?1"
            )
            .Bind(1, index.Value);
        ChainHash? found =
            statement.Step() && ChainHash.TryRead(statement.Blob(0), out var chain) ? chain
            : index.Value == 0 && connection.Number("SELECT last_index FROM snapshot") is null ? ChainHash.Start
            : null;
        statement.Clear();
        return found;
    }

    private long? TermAt(LogIndex index)
    {
        var statement = connection
            .Statement(
                "SELECT term FROM entries WHERE log_index = ?1 UNION ALL "
                    + "SELECT last_term FROM snapshot WHERE last_index = ?1"
            )
            .Bind(1, index.Value);
        var term = statement.Step() ? statement.LongOrNull(0) : null;
        statement.Clear();
        return term;
    }
}
