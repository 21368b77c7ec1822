using System.Globalization;
using ClusterRas.Master.Sqlite;
using ClusterRas.Protocol;

namespace ClusterRas.Master;

/// <summary>The tables. Ids are 32 hex digits, enumerations are their names, so that the sqlite3 shell shows them
/// readably.</summary>
/// <remarks>Above the line is what the protocol stands on; below it are views of committed entries, for
/// operators.</remarks>
internal static class LedgerSchema
{
    /// <summary>Grows when a table changes; an older program refuses a newer ledger.</summary>
    internal const int Version = 2;

    private const string Tables = """
        CREATE TABLE meta(
            one INTEGER PRIMARY KEY CHECK(one = 1),
            schema_version INTEGER NOT NULL,
            disk_id TEXT NOT NULL,
            created_utc TEXT NOT NULL,
            writes INTEGER NOT NULL,        -- durable transactions; must match the mark beside this file
            shown_index INTEGER NOT NULL,   -- committed entries up to here are in the tables below
            boot_id TEXT NOT NULL,
            tag INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE hard_state(
            one INTEGER PRIMARY KEY CHECK(one = 1),
            cluster_id TEXT NOT NULL,
            term INTEGER NOT NULL,
            vote_node INTEGER,
            vote_disk TEXT,
            retired_by INTEGER NOT NULL     -- the recovery by which this disk is out for ever; 0: it takes part
        ) STRICT;
        CREATE TABLE entries(
            log_index INTEGER PRIMARY KEY,
            term INTEGER NOT NULL,
            kind TEXT NOT NULL,
            payload BLOB NOT NULL,
            chain BLOB NOT NULL             -- sha256(previous chain, log_index, term, payload)
        ) STRICT;
        CREATE TABLE snapshot(
            one INTEGER PRIMARY KEY CHECK(one = 1),
            last_index INTEGER NOT NULL,
            last_term INTEGER NOT NULL,
            chain BLOB NOT NULL,            -- the log's chain at last_index
            content BLOB NOT NULL           -- a chain over snapshot_entries alone
        ) STRICT;
        CREATE TABLE snapshot_entries(
            log_index INTEGER PRIMARY KEY,
            term INTEGER NOT NULL,
            kind TEXT NOT NULL,
            payload BLOB NOT NULL
        ) STRICT;
        CREATE TABLE outbox(
            place INTEGER PRIMARY KEY,
            report TEXT NOT NULL UNIQUE,
            body BLOB NOT NULL
        ) STRICT;

        CREATE TABLE incidents(
            id INTEGER PRIMARY KEY,         -- log index of the entry that opened it
            term INTEGER NOT NULL,
            victim INTEGER NOT NULL,
            boot TEXT NOT NULL,
            tag INTEGER NOT NULL,
            claim INTEGER NOT NULL,
            kind TEXT NOT NULL,             -- grows: Silent, KernelReboot, Panic
            opened_kind TEXT NOT NULL,
            drill INTEGER NOT NULL,
            state TEXT NOT NULL,            -- open, closed
            verdict TEXT NOT NULL,
            result INTEGER NOT NULL,
            left_ms INTEGER,                -- least that was left of the window; NULL: no window
            handlers TEXT NOT NULL,
            reports INTEGER NOT NULL,       -- seen, of which at most 64 are in table reports
            fell_silent_index INTEGER,
            closed_index INTEGER,
            close_reason TEXT,
            closed_by TEXT,
            written_utc TEXT NOT NULL       -- this node's clock when this row was made
        ) STRICT;
        CREATE INDEX incidents_closed ON incidents(id) WHERE state = 'closed';
        CREATE TABLE reports(
            log_index INTEGER PRIMARY KEY,
            incident INTEGER NOT NULL,
            witness INTEGER NOT NULL,
            witness_boot TEXT NOT NULL,
            door TEXT NOT NULL,
            kind TEXT NOT NULL,
            id_high TEXT NOT NULL,
            id_low TEXT NOT NULL,
            victim_eid TEXT,
            victim_cna INTEGER,
            victim_node INTEGER,
            tag INTEGER NOT NULL,
            waiter TEXT NOT NULL,
            window_ms INTEGER,
            age_ms INTEGER NOT NULL,
            left_ms INTEGER,
            detail TEXT
        ) STRICT;
        CREATE INDEX reports_incident ON reports(incident);
        CREATE TABLE answers(
            log_index INTEGER PRIMARY KEY,
            incident INTEGER NOT NULL,
            verdict TEXT NOT NULL,
            result INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX answers_incident ON answers(incident);
        CREATE TABLE handler_results(
            log_index INTEGER NOT NULL,
            incident INTEGER NOT NULL,
            handler TEXT NOT NULL,
            outcome TEXT NOT NULL,
            result INTEGER NOT NULL,
            message TEXT NOT NULL,
            PRIMARY KEY(log_index, handler)
        ) STRICT;
        CREATE INDEX handler_results_incident ON handler_results(incident);
        CREATE TABLE releases(
            log_index INTEGER PRIMARY KEY,
            incident INTEGER NOT NULL,
            witness INTEGER NOT NULL,
            witness_boot TEXT NOT NULL,
            door TEXT NOT NULL,
            kind TEXT NOT NULL,
            id_high TEXT NOT NULL,
            id_low TEXT NOT NULL,
            verdict TEXT NOT NULL,
            outcome TEXT NOT NULL,
            left_ms INTEGER
        ) STRICT;
        CREATE INDEX releases_incident ON releases(incident);
        CREATE TABLE handlers(
            name TEXT PRIMARY KEY,
            kinds TEXT NOT NULL,
            deadline_ms INTEGER NOT NULL,
            required INTEGER NOT NULL,
            idempotent INTEGER NOT NULL,
            needs_silence INTEGER NOT NULL,
            declared_index INTEGER NOT NULL
        ) STRICT;
        """;

    /// <summary>Makes all tables, in one transaction, for this disk.</summary>
    internal static void Create(SqliteConnection connection, HighWaterMark fresh, DateTimeOffset now)
    {
        connection.Execute("BEGIN IMMEDIATE");
        connection.Execute(Tables);
        connection
            .Statement("INSERT INTO meta VALUES(1, ?1, ?2, ?3, 0, 0, ?4, ?5)")
            .Bind(1, Version)
            .Bind(2, Spell(fresh.Disk.Value))
            .Bind(3, Spell(now))
            .Bind(4, Spell(fresh.Boot.Value))
            .Bind(5, fresh.Tag)
            .Run();
        connection
            .Statement("INSERT INTO hard_state VALUES(1, ?1, 0, NULL, NULL, 0)")
            .Bind(1, Spell(UInt128.Zero))
            .Run();
        connection.Execute("COMMIT");
    }

    /// <summary>32 lower-case hex digits.</summary>
    internal static string Spell(UInt128 id) => id.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>ISO 8601 in UTC with milliseconds.</summary>
    internal static string Spell(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The reverse of <see cref="Spell(UInt128)"/>.</summary>
    internal static UInt128 ReadId(string text) =>
        UInt128.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    /// <summary>One text for each report id, for the outbox.</summary>
    internal static string Spell(ReportId id) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{id.Witness.Value}:{Spell(id.Boot.Value)}:{id.Door}:{id.Kind}:{id.High:x16}:{id.Low:x16}"
        );
}
