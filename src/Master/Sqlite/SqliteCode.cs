namespace ClusterRas.Master.Sqlite;

/// <summary>Result codes that decide what is done next. Source: sqlite.org/rescode.html.</summary>
internal static class SqliteCode
{
    /// <summary>Such as a table or column that is not there.</summary>
    internal const int Error = 1;

    internal const int Permission = 3;
    internal const int Busy = 5;
    internal const int Locked = 6;
    internal const int ReadOnly = 8;
    internal const int IoError = 10;
    internal const int Corrupt = 11;
    internal const int Full = 13;
    internal const int CannotOpen = 14;
    internal const int Protocol = 15;
    internal const int NotADatabase = 26;

    /// <summary>The file was renamed or removed under the connection.</summary>
    internal const int ReadOnlyMoved = 1032;

    internal const int IoErrorFsync = 1034;
    internal const int IoErrorDirectoryFsync = 1290;
    internal const int IoErrorWrite = 778;
    internal const int IoErrorTruncate = 1546;
    internal const int IoErrorSharedMemoryOpen = 4618;
    internal const int IoErrorSharedMemorySize = 4874;
}
