using ClusterRas.Master.Sqlite;

namespace ClusterRas.Master;

/// <summary>Carries one group of work into the database and then the mark. Used by one thread at a time.</summary>
/// <remarks>Throws what SQLite or the mark's file throw, and <see cref="LedgerException"/> for a broken rule. After any
/// exception the same group may be given again, if <see cref="WriteTrouble"/> calls the exception passing.</remarks>
internal sealed class LedgerWriter : IDisposable
{
    /// <summary>How long an operator's shell may hold the database before that counts as a stall.</summary>
    internal static readonly TimeSpan BusyTimeout = TimeSpan.FromMilliseconds(250);

    private const string Replaced =
        "Another database, or none, was put in the place of the ledger while it was in use.";

    private readonly LedgerFiles files;
    private readonly LedgerOptions options;
    private readonly LedgerCodec codec;
    private readonly MarkFile marks;
    private SqliteConnection? connection;
    private LogTables? log;
    private IncidentTables? incidents;
    private HighWaterMark at;
    private bool unmarked;
    private bool syncs;
    private int pagesWritten;

    /// <summary>Takes over a connection that was checked, and the mark that says the same.</summary>
    internal LedgerWriter(
        LedgerFiles files,
        LedgerOptions options,
        LedgerCodec codec,
        MarkFile marks,
        SqliteConnection connection,
        HighWaterMark at
    )
    {
        this.files = files;
        this.options = options;
        this.codec = codec;
        this.marks = marks;
        this.at = at;
        Use(connection);
    }

    /// <summary>What is durable now.</summary>
    internal HighWaterMark At => at;

    /// <summary>Does all of it in one transaction, fsynced if anything in it must be. To be followed by
    /// <see cref="Mark"/>.</summary>
    /// <returns>False: this group was committed at an earlier try, and only its mark was refused.</returns>
    internal bool Commit(IReadOnlyList<LedgerWork> group)
    {
        if (unmarked)
        {
            return false;
        }

        var durable = group.Any(work => work.IsDurable);
        var (open, logTables, incidentTables) = Connected();

        var next = at;
        try
        {
            Sync(open, durable);
            open.Execute("BEGIN IMMEDIATE");
            foreach (var work in group)
            {
                switch (work)
                {
                    case LedgerWork.Write write:
                        next = logTables.Apply(write.Change, next);
                        break;
                    case LedgerWork.Committed committed:
                        incidentTables.Show(committed.Entries);
                        break;
                    case LedgerWork.Restored restored:
                        incidentTables.Catch(restored.Snapshot);
                        break;
                }
            }

            if (durable)
            {
                next = next with { Writes = at.Writes + 1 };
                open.Statement("UPDATE meta SET writes = ?1").Bind(1, next.Writes).Run();
            }

            open.Execute("COMMIT");
            // SQLite's write-ahead log takes commits for a deleted file, which the next start will not find.
            if (durable && open.HasMoved())
            {
                throw new LedgerException(Replaced);
            }
        }
        catch
        {
            // Closing rolls back, and no handle that saw an error is used again.
            Drop();
            throw;
        }

        at = next;
        unmarked = durable;
        return true;
    }

    /// <summary>Brings the mark up to the last durable commit. Nothing is committed before that has succeeded: the next
    /// start takes a database that is one write ahead of its mark, and no more.</summary>
    internal void Mark()
    {
        if (unmarked)
        {
            marks.Write(at);
            unmarked = false;
        }
    }

    /// <summary>Takes the tag of a new boot, fsynced; see <see cref="Ledger.NextTag"/>.</summary>
    internal void Take(HighWaterMark next)
    {
        var (open, _, _) = Connected();
        try
        {
            Sync(open, durable: true);
            open.Execute("BEGIN IMMEDIATE");
            open.Statement("UPDATE meta SET writes = ?1, boot_id = ?2, tag = ?3")
                .Bind(1, next.Writes)
                .Bind(2, LedgerSchema.Spell(next.Boot.Value))
                .Bind(3, next.Tag)
                .Run();
            open.Execute("COMMIT");
        }
        catch
        {
            Drop();
            throw;
        }

        at = next;
        unmarked = true;
        Mark();
    }

    /// <summary>Copies the write-ahead log into the database when it has grown long. SQLite's own automatic does the
    /// same, but keeps a failed fsync to itself.</summary>
    internal void CheckpointIfDue()
    {
        if (connection is not { } open)
        {
            return;
        }

        pagesWritten += open.TakePagesWritten();
        if (pagesWritten >= options.CheckpointPages)
        {
            pagesWritten = 0;
            try
            {
                open.Checkpoint();
            }
            catch (SqliteException trouble) when (WriteTrouble.IsPassing(trouble))
            {
                // Nothing is lost: the pages are in the write-ahead log. A disk that stays full stops the next commit.
            }
        }
    }

    /// <summary>At an orderly end: leaves everything in the database and an empty write-ahead log.</summary>
    internal void CheckpointAll()
    {
        try
        {
            _ = connection?.CheckpointAll();
        }
        catch (SqliteException)
        {
            // The write-ahead log still holds it all, and the next start reads that.
        }
    }

    public void Dispose() => Drop();

    private void Sync(SqliteConnection open, bool durable)
    {
        if (syncs != durable)
        {
            open.Execute(durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
            syncs = durable;
        }
    }

    private (SqliteConnection Open, LogTables Log, IncidentTables Incidents) Connected()
    {
        if (connection is null || log is null || incidents is null)
        {
            Reconnect();
        }

        return connection is { } open && log is { } logTables && incidents is { } incidentTables
            ? (open, logTables, incidentTables)
            : throw new LedgerException("The ledger's connection is closed.");
    }

    private void Reconnect()
    {
        var open = SqliteConnection.Open(files.Database, create: false, BusyTimeout);
        try
        {
            var read = open.Statement("SELECT disk_id, writes FROM meta");
            _ = read.Step();
            var (disk, writes) = (read.Text(0), read.Long(1));
            read.Clear();
            if (disk != LedgerSchema.Spell(at.Disk.Value))
            {
                throw new LedgerException(Replaced);
            }

            // One more than known: a commit is there that was answered with an error. The next start sorts that out.
            if (writes != at.Writes)
            {
                throw new LedgerException(
                    $"The ledger's database is at write {writes}, and {at.Writes} was the last that was made here."
                );
            }

            Use(open);
        }
        catch
        {
            open.Dispose();
            throw;
        }
    }

    private void Use(SqliteConnection open)
    {
        open.Execute("PRAGMA wal_autocheckpoint=0; PRAGMA synchronous=FULL; PRAGMA trusted_schema=OFF");
        syncs = true;
        connection = open;
        log = new LogTables(open, codec);
        incidents = new IncidentTables(open, options.IncidentsMax, options.Clock);
    }

    private void Drop()
    {
        connection?.Dispose();
        connection = null;
        log = null;
        incidents = null;
    }
}
