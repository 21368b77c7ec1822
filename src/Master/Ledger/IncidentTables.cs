using ClusterRas.Master.Sqlite;
using ClusterRas.Protocol;

namespace ClusterRas.Master;

/// <summary>Turns committed entries into the tables that operators read. Each entry counts once, however often it
/// comes.</summary>
/// <remarks>Decides nothing: what an entry means was decided when the master appended it. Runs inside the caller's
/// transaction.</remarks>
internal sealed class IncidentTables(SqliteConnection connection, int incidentsMax, TimeProvider clock)
{
    /// <summary>Reports of one incident that are stored; later ones are counted. Source: protocol.md 2.</summary>
    internal const int ReportsMax = 64;

    // Counted once: the caller drops this object with its connection when a transaction is rolled back.
    private long? incidents;

    /// <summary>Shows entries newer than the last that was shown; others are skipped.</summary>
    internal void Show(IEnumerable<Entry> entries)
    {
        var shown = connection.Number("SELECT shown_index FROM meta") ?? 0;
        var before = shown;
        foreach (var entry in entries)
        {
            if (entry.Index.Value > shown)
            {
                Show(entry);
                shown = entry.Index.Value;
            }
        }

        if (shown > before)
        {
            Remember(shown);
        }
    }

    /// <summary>Catches up with a snapshot. What it no longer tells about stays as history.</summary>
    internal void Catch(Snapshot snapshot)
    {
        Show(snapshot.Entries);
        if (snapshot.LastIndex.Value < (connection.Number("SELECT shown_index FROM meta") ?? 0))
        {
            // Newer entries were shown already, so what the snapshot leaves out was seen here.
            return;
        }

        // An entry that ended something may have been dropped together with what it ended, while this node was away.
        connection.Execute("DELETE FROM handlers");
        var open = new HashSet<long>();
        foreach (var entry in snapshot.Entries)
        {
            switch (entry.Payload)
            {
                case EntryPayload.Opened:
                    open.Add(entry.Index.Value);
                    break;
                case EntryPayload.HandlerDeclared or EntryPayload.HandlerDropped:
                    Show(entry);
                    break;
            }
        }

        var missing = new List<long>();
        var statement = connection.Statement("SELECT id FROM incidents WHERE state = 'open'");
        while (statement.Step())
        {
            missing.Add(statement.Long(0));
        }

        foreach (var id in missing.Where(id => !open.Contains(id)))
        {
            connection
                .Statement("UPDATE incidents SET state = 'closed', close_reason = 'WhileAway' WHERE id = ?1")
                .Bind(1, id)
                .Run();
        }

        Remember(snapshot.LastIndex.Value);
    }

    private void Show(Entry entry)
    {
        switch (entry.Payload)
        {
            case EntryPayload.Opened opened:
                Open(entry, opened);
                break;
            case EntryPayload.Reported reported:
                Report(entry.Index, reported.Incident, reported.Words, reported.AgeMs, reported.LeftMs);
                break;
            case EntryPayload.Joined joined:
                Join(entry.Index, joined);
                break;
            case EntryPayload.Answered answered:
                Answer(entry.Index, answered);
                break;
            case EntryPayload.Released released:
                Release(entry.Index, released);
                break;
            case EntryPayload.FellSilent silent:
                connection
                    .Statement("UPDATE incidents SET fell_silent_index = ?2 WHERE id = ?1")
                    .Bind(1, silent.Incident.Index.Value)
                    .Bind(2, entry.Index.Value)
                    .Run();
                break;
            case EntryPayload.Closed closed:
                Close(entry.Index, closed);
                break;
            case EntryPayload.HandlerDeclared declared:
                Declare(entry.Index, declared.Handler);
                break;
            case EntryPayload.HandlerDropped dropped:
                connection.Statement("DELETE FROM handlers WHERE name = ?1").Bind(1, dropped.Name).Run();
                break;
            default:
                // The others (first entry, group) concern no incident; unknown kinds stay in table entries.
                break;
        }
    }

    private void Open(Entry entry, EntryPayload.Opened opened)
    {
        connection
            .Statement(
                "INSERT OR REPLACE INTO incidents(id, term, victim, boot, tag, claim, kind, opened_kind, drill, state, "
                    + "verdict, result, left_ms, handlers, reports, written_utc) "
                    + "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, 'open', ?9, 0, ?10, ?11, 0, ?12)"
            )
            .Bind(1, entry.Index.Value)
            .Bind(2, entry.Term.Value)
            .Bind(3, opened.Victim.Value)
            .Bind(4, LedgerSchema.Spell(opened.Life.Boot.Value))
            .Bind(5, opened.Life.Tag)
            .Bind(6, opened.Claim)
            .Bind(7, opened.Kind.ToString())
            .Bind(8, opened.Words?.Id.Door == ReportDoor.Drill)
            .Bind(9, nameof(Verdict.Recorded))
            .Bind(10, opened.LeftMs)
            .Bind(11, string.Join(',', opened.Handlers.Select(handler => handler.Name)))
            .Bind(12, LedgerSchema.Spell(clock.GetUtcNow()))
            .Run();
        incidents++;
        if (opened.Kind is EventKind.OutOfMemory or EventKind.MemoryFault or EventKind.LinkChange)
        {
            // Nobody decides anything about these: told, and over.
            Close(entry.Index, new EntryPayload.Closed(new IncidentId(entry.Index), CloseReason.Noted, ""));
        }

        if (opened.Words is { } words)
        {
            Report(entry.Index, new IncidentId(entry.Index), words, opened.AgeMs, opened.LeftMs);
        }

        ForgetOldest();
    }

    private void Close(LogIndex index, EntryPayload.Closed closed) =>
        connection
            .Statement(
                "UPDATE incidents SET state = 'closed', closed_index = ?2, close_reason = ?3, closed_by = ?4 "
                    + "WHERE id = ?1"
            )
            .Bind(1, closed.Incident.Index.Value)
            .Bind(2, index.Value)
            .Bind(3, closed.Reason.ToString())
            .Bind(4, closed.By)
            .Run();

    // No entry of its own says that these end: a new life does (protocol.md 2). Words that named a tag alone find their life here.
    private void Join(LogIndex index, EntryPayload.Joined joined)
    {
        connection
            .Statement(
                "UPDATE incidents SET boot = ?3 WHERE victim = ?1 AND state = 'open' AND boot = ?4 AND tag = ?2 AND tag <> 0"
            )
            .Bind(1, joined.Node.Value)
            .Bind(2, joined.Life.Tag)
            .Bind(3, LedgerSchema.Spell(joined.Life.Boot.Value))
            .Bind(4, LedgerSchema.Spell(UInt128.Zero))
            .Run();
        connection
            .Statement(
                "UPDATE incidents SET state = 'closed', closed_index = ?4, close_reason = ?5, closed_by = '' "
                    + "WHERE victim = ?1 AND state = 'open' AND NOT (boot = ?2 AND tag = ?3)"
            )
            .Bind(1, joined.Node.Value)
            .Bind(2, LedgerSchema.Spell(joined.Life.Boot.Value))
            .Bind(3, joined.Life.Tag)
            .Bind(4, index.Value)
            .Bind(5, nameof(CloseReason.Rebooted))
            .Run();
    }

    private void Report(LogIndex index, IncidentId incident, Words words, long ageMs, long? leftMs)
    {
        var id = incident.Index.Value;
        var read = connection.Statement("SELECT reports, kind, state FROM incidents WHERE id = ?1").Bind(1, id);
        if (!read.Step())
        {
            // Its incident is older than what is kept here.
            return;
        }

        var reports = read.Long(0);
        _ = Enum.TryParse<EventKind>(read.Text(1), out var kind);
        var open = read.Text(2) == "open";
        read.Clear();

        // F4: a word on a closed claim changes no outcome.
        var grows = open && words.Kind.IsFatal() && kind.IsFatal() && words.Kind > kind;
        connection
            .Statement(
                "UPDATE incidents SET reports = reports + 1, kind = ?2, "
                    + "left_ms = CASE WHEN ?3 IS NULL THEN left_ms ELSE min(ifnull(left_ms, ?3), ?3) END WHERE id = ?1"
            )
            .Bind(1, id)
            .Bind(2, (grows ? words.Kind : kind).ToString())
            .Bind(3, open ? leftMs : null)
            .Run();
        if (reports >= ReportsMax)
        {
            return;
        }

        connection
            .Statement(
                "INSERT OR REPLACE INTO reports VALUES"
                    + "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)"
            )
            .Bind(1, index.Value)
            .Bind(2, id)
            .BindReport(3, words.Id)
            .Bind(9, words.VictimEid?.ToString())
            .Bind(10, words.VictimCna?.Value)
            .Bind(11, words.VictimNode?.Value)
            .Bind(12, words.Tag)
            .Bind(13, words.Waiter.ToString())
            .Bind(14, words.WindowMs)
            .Bind(15, ageMs)
            .Bind(16, leftMs)
            .Bind(17, words.Detail is EventDetail.Text text ? text.Value : words.Detail?.ToString())
            .Run();
    }

    private void Answer(LogIndex index, EntryPayload.Answered answered)
    {
        var id = answered.Incident.Index.Value;
        connection
            .Statement("UPDATE incidents SET verdict = ?2, result = ?3 WHERE id = ?1")
            .Bind(1, id)
            .Bind(2, answered.Verdict.ToString())
            .Bind(3, unchecked((long)answered.Result))
            .Run();
        connection
            .Statement("INSERT OR REPLACE INTO answers VALUES(?1, ?2, ?3, ?4)")
            .Bind(1, index.Value)
            .Bind(2, id)
            .Bind(3, answered.Verdict.ToString())
            .Bind(4, unchecked((long)answered.Result))
            .Run();
        foreach (var result in answered.Results)
        {
            connection
                .Statement("INSERT OR REPLACE INTO handler_results VALUES(?1, ?2, ?3, ?4, ?5, ?6)")
                .Bind(1, index.Value)
                .Bind(2, id)
                .Bind(3, result.Handler)
                .Bind(4, result.Outcome.ToString())
                .Bind(5, unchecked((long)result.Result))
                .Bind(6, result.Message)
                .Run();
        }
    }

    private void Release(LogIndex index, EntryPayload.Released released) =>
        connection
            .Statement("INSERT OR REPLACE INTO releases VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)")
            .Bind(1, index.Value)
            .Bind(2, released.Incident.Index.Value)
            .BindReport(3, released.Report)
            .Bind(9, released.Verdict.ToString())
            .Bind(10, released.Outcome.ToString())
            .Bind(11, released.LeftMs)
            .Run();

    private void Declare(LogIndex index, HandlerDeclaration handler) =>
        connection
            .Statement("INSERT OR REPLACE INTO handlers VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)")
            .Bind(1, handler.Name)
            .Bind(2, string.Join(',', handler.Kinds))
            .Bind(3, (long)handler.Deadline.TotalMilliseconds)
            .Bind(4, handler.Required)
            .Bind(5, handler.Idempotent)
            .Bind(6, handler.NeedsSilence)
            .Bind(7, index.Value)
            .Run();

    private void ForgetOldest()
    {
        incidents ??= connection.Number("SELECT count(*) FROM incidents") ?? 0;
        while (incidents > incidentsMax)
        {
            // Open ones stay whatever their age: somebody still has to see how they end.
            if (connection.Number("SELECT min(id) FROM incidents WHERE state = 'closed'") is not { } oldest)
            {
                return;
            }

            foreach (
                var delete in (ReadOnlySpan<string>)
                    [
                        "DELETE FROM incidents WHERE id = ?1",
                        "DELETE FROM reports WHERE incident = ?1",
                        "DELETE FROM answers WHERE incident = ?1",
                        "DELETE FROM handler_results WHERE incident = ?1",
                        "DELETE FROM releases WHERE incident = ?1",
                    ]
            )
            {
                connection.Statement(delete).Bind(1, oldest).Run();
            }

            incidents--;
        }
    }

    private void Remember(long shown) =>
        connection.Statement("UPDATE meta SET shown_index = max(shown_index, ?1)").Bind(1, shown).Run();
}
