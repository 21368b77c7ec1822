using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using ClusterRas.Protocol;

namespace ClusterRas.Master;

/// <summary>SHA-256 that ties an entry to everything before it: hash(previous, index, term, payload).</summary>
/// <remarks>It finds changed, missing and reordered entries. A lost tail it cannot see:
/// <see cref="HighWaterMark"/>.</remarks>
internal readonly record struct ChainHash(UInt128 High, UInt128 Low)
{
    internal const int Length = 32;

    /// <summary>Before the first entry.</summary>
    internal static readonly ChainHash Start;

    /// <summary>The hash after an entry; numbers are hashed as 8 bytes, most significant first.</summary>
    internal ChainHash Then(LogIndex index, Term term, ReadOnlySpan<byte> payload)
    {
        Span<byte> head = stackalloc byte[Length + 16];
        CopyTo(head);
        BinaryPrimitives.WriteInt64BigEndian(head[Length..], index.Value);
        BinaryPrimitives.WriteInt64BigEndian(head[(Length + 8)..], term.Value);

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(head);
        hash.AppendData(payload);
        Span<byte> result = stackalloc byte[Length];
        _ = hash.GetHashAndReset(result);
        return Read(result);
    }

    /// <summary>The hash of these bytes alone.</summary>
    internal static ChainHash Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> result = stackalloc byte[Length];
        _ = SHA256.HashData(bytes, result);
        return Read(result);
    }

    /// <summary>Reads 32 bytes.</summary>
    /// <returns>False, with the zero hash, for another length.</returns>
    internal static bool TryRead(ReadOnlySpan<byte> bytes, out ChainHash hash)
    {
        hash = bytes.Length == Length ? Read(bytes) : Start;
        return bytes.Length == Length;
    }

    /// <summary>Writes 32 bytes.</summary>
    internal void CopyTo(Span<byte> bytes)
    {
        BinaryPrimitives.WriteUInt128BigEndian(bytes, High);
        BinaryPrimitives.WriteUInt128BigEndian(bytes[16..], Low);
    }

    /// <summary>32 bytes.</summary>
    internal byte[] ToArray()
    {
        var bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>First 8 of 64 hex digits.</summary>
    public override string ToString() => High.ToString("x32", CultureInfo.InvariantCulture)[..8];

    private static ChainHash Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(bytes), BinaryPrimitives.ReadUInt128BigEndian(bytes[16..]));
}
