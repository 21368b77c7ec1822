namespace ClusterRas.Master.Tests.Crash;

/// <summary>What a disk says to a call; the numbers are SQLite's result codes.</summary>
internal enum DiskAnswer
{
    /// <summary>It is done.</summary>
    Done = 0,

    /// <summary>SQLITE_FULL. Of a write the first half may be there.</summary>
    Full = 13,

    /// <summary>SQLITE_IOERR_WRITE.</summary>
    WriteError = 778,

    /// <summary>SQLITE_IOERR_FSYNC.</summary>
    SyncError = 1034,

    /// <summary>SQLITE_IOERR_TRUNCATE.</summary>
    TruncateError = 1546,
}

/// <summary>The calls that change a file or make it durable.</summary>
internal enum DiskCall
{
    Write,
    Truncate,
    Sync,
}

/// <summary>One thing that happened to a disk, or that was said about it, in order.</summary>
internal abstract record DiskOperation
{
    private DiskOperation() { }

    /// <summary>Not durable before the next <see cref="Synced"/> of this file.</summary>
    internal sealed record Written(string File, long Offset, byte[] Bytes) : DiskOperation
    {
        public override string ToString() => $"write {File} {Offset}+{Bytes.Length}";
    }

    /// <summary>As <see cref="Written"/>.</summary>
    internal sealed record Truncated(string File, long Size) : DiskOperation;

    /// <summary>All of this file so far is durable, its name too.</summary>
    internal sealed record Synced(string File) : DiskOperation;

    /// <summary>The name is gone; durable with <paramref name="SyncsFolder"/> or the next <see cref="Opened"/>.</summary>
    internal sealed record Deleted(string File, bool SyncsFolder) : DiskOperation;

    /// <summary>The ledger is open. It has fsynced its folder by then, which no VFS sees.</summary>
    internal sealed record Opened : DiskOperation;

    /// <summary>The tag of this boot's life was taken.</summary>
    internal sealed record Tagged(int Tag) : DiskOperation;

    /// <summary>The ledger has taken this write and all before it.</summary>
    internal sealed record Enqueued(long Ticket) : DiskOperation;

    /// <summary>The ledger has told this write and all before it as persisted.</summary>
    internal sealed record Told(long Ticket) : DiskOperation;
}
