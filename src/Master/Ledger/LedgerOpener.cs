using ClusterRas.Master.Sqlite;
using ClusterRas.Protocol;

namespace ClusterRas.Master;

/// <summary>Finds out what is in the folder, and makes of it a ledger that can be trusted.</summary>
/// <remarks>Only what is proved wrong is set aside. A disk that is full, read-only or unreadable proves nothing: then
/// nothing is opened and nothing is touched.</remarks>
internal sealed class LedgerOpener(LedgerOptions options, LedgerCodec codec)
{
    private readonly LedgerFiles files = new(options.Folder);
    private readonly List<string> notes = [];

    internal LedgerOpening Open()
    {
        MarkFile? marks = null;
        SqliteConnection? connection = null;
        try
        {
            SqliteLibrary.Require();
            Directory.CreateDirectory(files.Folder);
            marks = MarkFile.Open(files.Mark);

            var finding = Examine(marks, ref connection);
            if (finding is LedgerFinding.Untrusted untrusted)
            {
                var (boot, tag) = Salvage(marks, ref connection);
                connection?.Dispose();
                connection = null;
                marks.Dispose();
                var setAside = files.SetAside(options.Clock.GetUtcNow());
                marks = MarkFile.Open(files.Mark);
                finding = Create(marks, HighWaterMark.Fresh(options.NewDisk(), boot, tag), ref connection);
                return Finish(finding, marks, connection, LedgerCondition.TreatedAsWiped, untrusted.Reason, setAside);
            }

            var written = finding is LedgerFinding.Sound { Mark.Writes: > 0 };
            var condition = written ? LedgerCondition.Sound : LedgerCondition.Fresh;
            return Finish(finding, marks, connection, condition, "", setAside: null);
        }
        catch (Exception trouble) when (trouble is SqliteException or IOException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            marks?.Dispose();
            throw new LedgerException(
                $"The ledger in {files.Folder} cannot be opened; nothing in it was lost. {trouble.Message}",
                trouble
            );
        }
        catch
        {
            connection?.Dispose();
            marks?.Dispose();
            throw;
        }
    }

    private LedgerFinding Examine(MarkFile marks, ref SqliteConnection? connection)
    {
        var database = files.HasDatabase;
        if (!marks.Existed)
        {
            return database
                ? new LedgerFinding.Untrusted("the mark beside the database is missing")
                : Create(marks, HighWaterMark.Fresh(options.NewDisk(), default, 0), ref connection);
        }

        if (marks.Latest is not { } mark)
        {
            return new LedgerFinding.Untrusted("the mark beside the database is unreadable");
        }

        if (!database)
        {
            // The mark is made first; without a write yet this is a first start that was cut short.
            return mark.Writes == 0
                ? Create(marks, mark, ref connection)
                : new LedgerFinding.Untrusted($"the database is gone; the mark tells of {mark.Writes} writes");
        }

        try
        {
            connection = SqliteConnection.Open(files.Database, create: false, LedgerWriter.BusyTimeout);
            if (mark.Writes == 0 && connection.Number("SELECT count(*) FROM sqlite_schema") == 0)
            {
                return Create(marks, mark, ref connection);
            }

            return new LedgerExam(connection, codec).Run(mark);
        }
        catch (SqliteException trouble)
            when (trouble.Code is SqliteCode.Corrupt or SqliteCode.NotADatabase or SqliteCode.Error)
        {
            return new LedgerFinding.Untrusted(trouble.Message);
        }
    }

    private LedgerFinding.Sound Create(MarkFile marks, HighWaterMark fresh, ref SqliteConnection? connection)
    {
        marks.Create(fresh);
        connection ??= SqliteConnection.Open(files.Database, create: true, LedgerWriter.BusyTimeout);
        connection.Execute("PRAGMA synchronous=FULL");
        if (connection.Text("PRAGMA journal_mode=WAL") is var mode && mode != "wal")
        {
            throw new LedgerException(
                $"The file system of {files.Folder} cannot hold a write-ahead log (SQLite stays in mode {mode}): "
                    + "put the ledger on a local disk."
            );
        }

        LedgerSchema.Create(connection, fresh, options.Clock.GetUtcNow());
        DiskSync.FlushFolder(files.Folder);
        return new LedgerFinding.Sound(StoredState.Empty(fresh.Disk), fresh);
    }

    private LedgerOpening Finish(
        LedgerFinding finding,
        MarkFile marks,
        SqliteConnection? connection,
        LedgerCondition condition,
        string reason,
        string? setAside
    )
    {
        if (finding is not LedgerFinding.Sound sound || connection is null)
        {
            throw new LedgerException($"The ledger in {files.Folder} cannot be made.");
        }

        // What was read may be in the page cache alone: the process before this one may have ended because of a failed
        // fsync, after which the kernel calls such pages clean. Copying all of it and writing the mark anew makes it
        // true.
        if (!connection.CheckpointAll())
        {
            notes.Add("another program reads the database, so its write-ahead log could not be emptied at the start");
        }

        if (marks.Latest is { } mark && mark.Writes < sound.Mark.Writes)
        {
            notes.Add("the last write before the stop had reached the database and not the mark; it is kept");
        }

        marks.Write(sound.Mark);
        var writer = new LedgerWriter(files, options, codec, marks, connection, sound.Mark);
        if (sound.State.Snapshot is { } snapshot)
        {
            // A stop between a snapshot's write and its showing; does nothing where it was shown.
            writer.Commit([new LedgerWork.Restored(snapshot)]);
        }

        var ledger = new Ledger(options, writer, new LedgerReader(files), marks);
        return new LedgerOpening(ledger, sound.State, condition, reason, setAside, notes);
    }

    /// <summary>Boot and tag of a ledger that is not trusted otherwise: a tag that is used again would join two
    /// lives.</summary>
    private (BootId Boot, int Tag) Salvage(MarkFile marks, ref SqliteConnection? connection)
    {
        if (marks.Latest is { } mark)
        {
            return (mark.Boot, mark.Tag);
        }

        if (connection is null && !files.HasDatabase)
        {
            return default;
        }

        try
        {
            connection ??= SqliteConnection.Open(files.Database, create: false, LedgerWriter.BusyTimeout);
            return
                connection.Text("SELECT boot_id FROM meta") is { Length: 32 } boot
                && connection.Number("SELECT tag FROM meta") is { } tag and >= 0 and <= Life.TagMax
                ? (new BootId(LedgerSchema.ReadId(boot)), (int)tag)
                : default;
        }
        catch (Exception trouble) when (trouble is SqliteException or FormatException)
        {
            return default;
        }
    }
}
