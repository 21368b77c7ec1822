using System.Buffers.Binary;
using ClusterRas.Protocol;

namespace ClusterRas.Master;

/// <summary>How far a database had come at its last durable write; kept in a second file (B5).</summary>
/// <remarks>A chain of hashes is still sound when its end is cut off, and a database that was put back to yesterday's
/// copy is sound altogether. The second file tells both.</remarks>
/// <param name="Disk">The database's own id.</param>
/// <param name="Boot">The boot that last took a tag; also kept here so that it outlives a broken database.</param>
/// <param name="Tag">That boot's tag; 0: none yet.</param>
/// <param name="Writes">Counts durable transactions, from 0.</param>
/// <param name="LastIndex">The log's last index.</param>
/// <param name="Chain">The chain's hash there.</param>
/// <param name="HardState">The hash of cluster, term, vote and retirement.</param>
internal readonly record struct HighWaterMark(
    DiskId Disk,
    BootId Boot,
    int Tag,
    long Writes,
    LogIndex LastIndex,
    ChainHash Chain,
    ChainHash HardState
)
{
    /// <summary>Bytes of <see cref="CopyTo"/>.</summary>
    internal const int Length = 16 + 16 + 4 + 8 + 8 + ChainHash.Length + ChainHash.Length;

    /// <summary>A new database.</summary>
    internal static HighWaterMark Fresh(DiskId disk, BootId boot, int tag) =>
        new(disk, boot, tag, 0, default, ChainHash.Start, Hash(default));

    /// <summary>What stands for a hard state in the mark.</summary>
    internal static ChainHash Hash(HardState? state)
    {
        Span<byte> bytes = stackalloc byte[16 + 8 + 1 + 4 + 16 + 8];
        bytes.Clear();
        if (state is not null)
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes, state.Cluster.Value);
            BinaryPrimitives.WriteInt64BigEndian(bytes[16..], state.Term.Value);
            BinaryPrimitives.WriteInt64BigEndian(bytes[45..], state.RetiredBy);
            if (state.Vote is { } vote)
            {
                bytes[24] = 1;
                BinaryPrimitives.WriteInt32BigEndian(bytes[25..], vote.Node.Value);
                BinaryPrimitives.WriteUInt128BigEndian(bytes[29..], vote.Disk.Value);
            }
        }

        return ChainHash.Of(bytes);
    }

    /// <summary>Reads <see cref="Length"/> bytes.</summary>
    internal static HighWaterMark Read(ReadOnlySpan<byte> bytes)
    {
        _ = ChainHash.TryRead(bytes.Slice(52, ChainHash.Length), out var chain);
        _ = ChainHash.TryRead(bytes.Slice(84, ChainHash.Length), out var hardState);
        return new HighWaterMark(
            new DiskId(BinaryPrimitives.ReadUInt128BigEndian(bytes)),
            new BootId(BinaryPrimitives.ReadUInt128BigEndian(bytes[16..])),
            BinaryPrimitives.ReadInt32BigEndian(bytes[32..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[36..]),
            new LogIndex(BinaryPrimitives.ReadInt64BigEndian(bytes[44..])),
            chain,
            hardState
        );
    }

    /// <summary>Writes <see cref="Length"/> bytes.</summary>
    internal void CopyTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Disk.Value);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[16..], Boot.Value);
        BinaryPrimitives.WriteInt32BigEndian(bytes[32..], Tag);
        BinaryPrimitives.WriteInt64BigEndian(bytes[36..], Writes);
        BinaryPrimitives.WriteInt64BigEndian(bytes[44..], LastIndex.Value);
        Chain.CopyTo(bytes[52..]);
        HardState.CopyTo(bytes[84..]);
    }
}
