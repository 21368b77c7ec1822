using System.Buffers.Binary;
using System.Security.Cryptography;
using ClusterRas.Protocol;

namespace ClusterRas.Master;

/// <summary>Where a node's ledger is and how much it holds. May differ between nodes.</summary>
public sealed record LedgerOptions
{
    /// <summary>Folder of the ledger's own; made if absent. Must be on a local file system.</summary>
    public required string Folder { get; init; }

    /// <summary>A write that the disk refused is tried again this often. Default 500 ms.</summary>
    public TimeSpan RetryEvery { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Committed entries wait this long for a durable write to ride with; then they are shown without one.
    /// Default 20 ms.</summary>
    public TimeSpan ShowWithin { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Waiting work, in entries plus writes, after which no more is taken. Default 16,384: sixteen times what
    /// a node appends without having it on disk, so that reaching it means that the protocol no longer limits
    /// itself.</summary>
    public int QueuedMax { get; init; } = 16_384;

    /// <summary>Most work of one transaction, in entries plus writes; more than one entry per fsync, and less than a
    /// second of it. Default 1,024.</summary>
    public int GroupMax { get; init; } = 1024;

    /// <summary>Incidents kept for operators; the oldest closed ones go first. Default 100,000.</summary>
    public int IncidentsMax { get; init; } = 100_000;

    /// <summary>Pages of 4 KiB in the write-ahead log before they are copied into the database. Default
    /// 1,000.</summary>
    public int CheckpointPages { get; init; } = 1000;

    /// <summary>Makes the id of a new disk: 128 bits that nobody else has. Default: the system's random numbers.</summary>
    internal Func<DiskId> NewDisk { get; init; } =
        static () => new DiskId(BinaryPrimitives.ReadUInt128BigEndian(RandomNumberGenerator.GetBytes(16)));

    /// <summary>Wall clock for the names of set-aside folders and for <c>written_utc</c>; decides nothing.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
