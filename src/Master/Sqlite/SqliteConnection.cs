using System.Runtime.InteropServices;

namespace ClusterRas.Master.Sqlite;

/// <summary>One connection, used by one thread at a time. Keeps each statement prepared for the next use of its
/// text.</summary>
/// <remarks>Never checkpoints when it is closed: SQLite would keep an error of that to itself, and a failed fsync must
/// be seen.</remarks>
internal sealed class SqliteConnection : IDisposable
{
    private readonly SqliteConnectionHandle handle;
    private readonly Dictionary<string, SqliteStatement> statements = [];

    private SqliteConnection(SqliteConnectionHandle handle) => this.handle = handle;

    /// <summary>For writing; <paramref name="create"/>: an absent database is made.</summary>
    internal static SqliteConnection Open(string path, bool create, TimeSpan busyTimeout) =>
        Open(path, SqliteNative.OpenReadWrite | (create ? SqliteNative.OpenCreate : 0), busyTimeout);

    /// <summary>For reading only.</summary>
    internal static SqliteConnection OpenForReading(string path, TimeSpan busyTimeout) =>
        Open(path, SqliteNative.OpenReadOnly, busyTimeout);

    /// <summary>Runs statements that give no rows (or whose rows do not matter), separated by semicolons.</summary>
    internal void Execute(string sql) => Check(SqliteNative.Execute(handle, sql, 0, 0, 0));

    /// <summary>The statement of this text, ready to be bound. Ends its former use.</summary>
    internal SqliteStatement Statement(string sql)
    {
        if (statements.TryGetValue(sql, out var known))
        {
            known.Clear();
            return known;
        }

        var code = SqliteNative.Prepare(handle, sql, -1, SqliteNative.PreparePersistent, out var prepared, 0);
        if (code != SqliteNative.Ok)
        {
            prepared.Dispose();
            throw Error(code);
        }

        var statement = new SqliteStatement(this, prepared);
        statements.Add(sql, statement);
        return statement;
    }

    /// <summary>The first column of the first row as text; null: no row, or NULL.</summary>
    internal string? Text(string sql)
    {
        var statement = Statement(sql);
        var text = statement.Step() ? statement.TextOrNull(0) : null;
        statement.Clear();
        return text;
    }

    /// <summary>The first column of the first row as a number; null: no row, or NULL.</summary>
    internal long? Number(string sql)
    {
        var statement = Statement(sql);
        var number = statement.Step() ? statement.LongOrNull(0) : null;
        statement.Clear();
        return number;
    }

    /// <summary>Pages written to the WAL since the last call.</summary>
    internal int TakePagesWritten()
    {
        Check(SqliteNative.Status(handle, SqliteNative.StatusCacheWrite, out var pages, out _, reset: 1));
        return pages;
    }

    /// <summary>Copies the WAL into the database as far as readers let it, and fsyncs. Waits for nobody.</summary>
    internal void Checkpoint() =>
        Check(SqliteNative.Checkpoint(handle, null, SqliteNative.CheckpointPassive, out _, out _));

    /// <summary>Copies the whole WAL into the database, fsyncs, and empties the WAL.</summary>
    /// <returns>False: another program's reader was in the way.</returns>
    internal bool CheckpointAll()
    {
        var code = SqliteNative.Checkpoint(handle, null, SqliteNative.CheckpointTruncate, out _, out _);
        if ((code & 0xff) == SqliteCode.Busy)
        {
            return false;
        }

        Check(code);
        return true;
    }

    /// <summary>The file that is written is no longer the one at its path.</summary>
    internal bool HasMoved()
    {
        Check(SqliteNative.FileControl(handle, null, SqliteNative.FileHasMoved, out var moved));
        return moved != 0;
    }

    internal void Check(int code)
    {
        if (code != SqliteNative.Ok)
        {
            throw Error(code);
        }
    }

    internal SqliteException Error(int code)
    {
        // First of all: the next call overwrites it.
        var lastErrno = Marshal.GetLastPInvokeError();
        var extended = SqliteNative.ExtendedErrorCode(handle);
        var text = Marshal.PtrToStringUTF8(SqliteNative.ErrorMessage(handle));
        // The connection remembers its last error only; the returned code is the one that counts.
        var told = (extended & 0xff) == (code & 0xff) ? extended : code;
        // SQLite remembers no errno for a COMMIT that fails, so the thread's own is taken, which the calls that run
        // statements keep. Another call that failed since would hide it; most errnos then count as the worse case.
        var errno = SqliteNative.SystemErrno(handle) is not 0 and var known ? known : lastErrno;
        var inErrno = told is SqliteCode.IoErrorWrite ? $", {Marshal.GetPInvokeErrorMessage(errno)}" : "";
        return new SqliteException(told, errno, $"SQLite: {text} (code {told}{inErrno})");
    }

    public void Dispose()
    {
        foreach (var statement in statements.Values)
        {
            statement.Dispose();
        }

        statements.Clear();
        handle.Dispose();
    }

    private static SqliteConnection Open(string path, int flags, TimeSpan busyTimeout)
    {
        var all = flags | SqliteNative.OpenNoMutex | SqliteNative.OpenExtendedResultCodes;
        var code = SqliteNative.Open(path, out var handle, all, 0);
        var connection = new SqliteConnection(handle);
        try
        {
            connection.Check(code);
            connection.Check(SqliteNative.BusyTimeout(handle, (int)busyTimeout.TotalMilliseconds));
            connection.Check(SqliteNative.Configure(handle, SqliteNative.ConfigNoCheckpointOnClose, 1, 0));
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
