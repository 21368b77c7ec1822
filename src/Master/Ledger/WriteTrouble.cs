using ClusterRas.Master.Sqlite;

namespace ClusterRas.Master;

/// <summary>Tells a disk that does not take a write now from a disk of which nothing is known any more.</summary>
internal static class WriteTrouble
{
    // Source: asm-generic/errno.h, the same on x64 and arm64.
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int QuotaExceeded = 122;

    /// <summary>True: nothing of the transaction is on disk, and the same may be tried again on a new
    /// connection.</summary>
    /// <remarks>Everything that is not known to be harmless ends the process: after a failed fsync the kernel calls
    /// pages clean that never reached the disk, and a second fsync would succeed without writing them (B7).</remarks>
    internal static bool IsPassing(Exception trouble) =>
        trouble switch
        {
            SqliteException sqlite => IsPassing(sqlite),
            // .NET gives the errno as HResult where it has no type of its own for it.
            IOException io => IsPassing(io.HResult),
            _ => false,
        };

    private static bool IsPassing(SqliteException trouble) =>
        trouble.ExtendedCode switch
        {
            SqliteCode.ReadOnlyMoved => false,
            // SQLite says FULL for ENOSPC only; a quota or a read-only file system comes as a plain failed write.
            SqliteCode.IoErrorWrite
            or SqliteCode.IoErrorTruncate
            or SqliteCode.IoErrorSharedMemoryOpen
            or SqliteCode.IoErrorSharedMemorySize => IsPassing(trouble.SystemErrno),
            _ => trouble.Code
                is SqliteCode.Full
                    or SqliteCode.ReadOnly
                    or SqliteCode.CannotOpen
                    or SqliteCode.Permission
                    or SqliteCode.Busy
                    or SqliteCode.Locked
                    or SqliteCode.Protocol,
        };

    private static bool IsPassing(int errno) => errno is NoSpace or ReadOnlyFileSystem or QuotaExceeded;
}
