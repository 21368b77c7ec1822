using System.Runtime.InteropServices;

namespace ClusterRas.Master.Sqlite;

/// <summary>The calls of SQLite that we use, as they are. Source: sqlite3.h 3.40 and sqlite.org/c3ref.</summary>
/// <remarks>The constants are SQLite's own and part of its frozen interface. Nothing outside this folder sees a
/// pointer.</remarks>
internal static partial class SqliteNative
{
    /// <summary>The system's own library, by its soname; never a copy of ours.</summary>
    internal const string Library = "libsqlite3.so.0";

    internal const int Ok = 0;
    internal const int Row = 100;
    internal const int Done = 101;

    internal const int OpenReadOnly = 0x1;
    internal const int OpenReadWrite = 0x2;
    internal const int OpenCreate = 0x4;
    internal const int OpenNoMutex = 0x8000;
    internal const int OpenExtendedResultCodes = 0x2000000;

    internal const int PreparePersistent = 0x1;

    internal const int ConfigNoCheckpointOnClose = 1006;
    internal const int StatusCacheWrite = 9;
    internal const int CheckpointPassive = 0;
    internal const int CheckpointTruncate = 3;

    internal const int FileHasMoved = 20;

    internal const int TypeNull = 5;

    /// <summary>SQLITE_TRANSIENT: SQLite takes a copy before the call returns.</summary>
    internal const nint Transient = -1;

    [LibraryImport(Library, EntryPoint = "sqlite3_libversion_number")]
    internal static partial int VersionNumber();

    [LibraryImport(Library, EntryPoint = "sqlite3_threadsafe")]
    internal static partial int ThreadSafe();

    /// <summary>Gives a handle also when it fails; it must be closed all the same.</summary>
    [LibraryImport(Library, EntryPoint = "sqlite3_open_v2", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Open(string path, out SqliteConnectionHandle connection, int flags, nint vfs);

    [LibraryImport(Library, EntryPoint = "sqlite3_close_v2")]
    internal static partial int Close(nint connection);

    // Variadic in C. Three integer arguments go the same way as in a plain call on Linux x64 and arm64.
    [LibraryImport(Library, EntryPoint = "sqlite3_db_config")]
    internal static partial int Configure(SqliteConnectionHandle connection, int option, int value, nint result);

    [LibraryImport(Library, EntryPoint = "sqlite3_db_status")]
    internal static partial int Status(
        SqliteConnectionHandle connection,
        int option,
        out int current,
        out int highest,
        int reset
    );

    [LibraryImport(Library, EntryPoint = "sqlite3_file_control", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int FileControl(
        SqliteConnectionHandle connection,
        string? database,
        int operation,
        out int result
    );

    [LibraryImport(Library, EntryPoint = "sqlite3_busy_timeout")]
    internal static partial int BusyTimeout(SqliteConnectionHandle connection, int milliseconds);

    [LibraryImport(
        Library,
        EntryPoint = "sqlite3_exec",
        SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8
    )]
    internal static partial int Execute(
        SqliteConnectionHandle connection,
        string sql,
        nint callback,
        nint argument,
        nint message
    );

    [LibraryImport(Library, EntryPoint = "sqlite3_wal_checkpoint_v2", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Checkpoint(
        SqliteConnectionHandle connection,
        string? schema,
        int mode,
        out int logFrames,
        out int checkpointedFrames
    );

    [LibraryImport(Library, EntryPoint = "sqlite3_extended_errcode")]
    internal static partial int ExtendedErrorCode(SqliteConnectionHandle connection);

    [LibraryImport(Library, EntryPoint = "sqlite3_system_errno")]
    internal static partial int SystemErrno(SqliteConnectionHandle connection);

    /// <summary>UTF-8 text that SQLite owns and that the next call overwrites.</summary>
    [LibraryImport(Library, EntryPoint = "sqlite3_errmsg")]
    internal static partial nint ErrorMessage(SqliteConnectionHandle connection);

    [LibraryImport(Library, EntryPoint = "sqlite3_prepare_v3", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int Prepare(
        SqliteConnectionHandle connection,
        string sql,
        int sqlBytes,
        uint flags,
        out SqliteStatementHandle statement,
        nint tail
    );

    [LibraryImport(Library, EntryPoint = "sqlite3_finalize")]
    internal static partial int Finish(nint statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_step", SetLastError = true)]
    internal static partial int Step(SqliteStatementHandle statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_reset")]
    internal static partial int Reset(SqliteStatementHandle statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_clear_bindings")]
    internal static partial int ClearBindings(SqliteStatementHandle statement);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_int64")]
    internal static partial int BindLong(SqliteStatementHandle statement, int place, long value);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_null")]
    internal static partial int BindNull(SqliteStatementHandle statement, int place);

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_text")]
    internal static partial int BindText(
        SqliteStatementHandle statement,
        int place,
        ReadOnlySpan<byte> text,
        int bytes,
        nint release
    );

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_blob")]
    internal static partial int BindBlob(
        SqliteStatementHandle statement,
        int place,
        ReadOnlySpan<byte> value,
        int bytes,
        nint release
    );

    [LibraryImport(Library, EntryPoint = "sqlite3_bind_zeroblob")]
    internal static partial int BindZeroBlob(SqliteStatementHandle statement, int place, int bytes);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_type")]
    internal static partial int ColumnType(SqliteStatementHandle statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_int64")]
    internal static partial long ColumnLong(SqliteStatementHandle statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_text")]
    internal static partial nint ColumnText(SqliteStatementHandle statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_blob")]
    internal static partial nint ColumnBlob(SqliteStatementHandle statement, int column);

    [LibraryImport(Library, EntryPoint = "sqlite3_column_bytes")]
    internal static partial int ColumnBytes(SqliteStatementHandle statement, int column);
}
