namespace ClusterRas.Master.Sqlite;

/// <summary>A call of SQLite failed.</summary>
public sealed class SqliteException : Exception
{
    /// <summary>Without a code; for serializers and the like.</summary>
    public SqliteException() { }

    /// <summary>Without a code.</summary>
    public SqliteException(string message)
        : base(message) { }

    /// <summary>Without a code.</summary>
    public SqliteException(string message, Exception inner)
        : base(message, inner) { }

    /// <summary>As SQLite tells it.</summary>
    public SqliteException(int extendedCode, int systemErrno, string message)
        : base(message)
    {
        ExtendedCode = extendedCode;
        SystemErrno = systemErrno;
    }

    /// <summary>SQLite's extended result code, e.g. 1034: SQLITE_IOERR_FSYNC. Source:
    /// sqlite.org/rescode.html.</summary>
    public int ExtendedCode { get; }

    /// <summary>The primary code: the low byte, e.g. 10: SQLITE_IOERR.</summary>
    public int Code => ExtendedCode & 0xff;

    /// <summary>The operating system's errno, where the code is of the kind "I/O error" or "cannot open"; else
    /// 0.</summary>
    public int SystemErrno { get; }
}
