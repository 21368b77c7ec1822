using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using ClusterRas.Wire.V1;

namespace ClusterRas.Transport.Grpc;

/// <summary>Puts the pieces of one connection's bulk stream together again.</summary>
internal sealed class BulkAssembly
{
    /// <summary>Largest piece: 32 KiB.</summary>
    public const int PieceBytesMax = 32 * 1024;

    // What a peer says will come is not made room for before it comes.
    private const int FirstBytesMax = 1024 * 1024;

    private ArrayBufferWriter<byte>? bytes;
    private ulong transfer;
    private uint total;
    private bool isRefused;

    /// <summary>Takes one piece.</summary>
    /// <param name="whole">The whole frame, if this was its last piece; valid until the next call.</param>
    /// <param name="refusal">Why the transfer is dropped; said once for each.</param>
    public void Add(BulkPiece piece, out ReadOnlyMemory<byte>? whole, out string? refusal)
    {
        whole = null;
        refusal = null;
        if (piece.Transfer != transfer || piece.OffsetBytes == 0)
        {
            Begin(piece);
        }

        if (isRefused)
        {
            return;
        }

        if (!TryTake(piece, out refusal))
        {
            isRefused = true;
            bytes = null;
        }
        else if (bytes is not null && bytes.WrittenCount == total)
        {
            whole = bytes.WrittenMemory;
            bytes = null;
        }
    }

    private void Begin(BulkPiece piece)
    {
        transfer = piece.Transfer;
        total = piece.TotalBytes;
        isRefused = false;
        bytes = null;
    }

    private bool TryTake(BulkPiece piece, [NotNullWhen(false)] out string? refusal)
    {
        var received = bytes?.WrittenCount ?? 0;
        refusal = piece switch
        {
            { TotalBytes: 0 or > CodecLimits.BulkBytesMax } => $"bulk of {piece.TotalBytes} bytes",
            { Data.Length: 0 or > PieceBytesMax } => $"bulk piece of {piece.Data.Length} bytes",
            _ when piece.TotalBytes != total || piece.OffsetBytes != received =>
                $"bulk piece at {piece.OffsetBytes} of {piece.TotalBytes} bytes after {received} of {total}",
            _ when piece.Data.Length > total - received => "bulk is longer than it said",
            _ => null,
        };
        if (refusal is not null)
        {
            return false;
        }

        bytes ??= new ArrayBufferWriter<byte>((int)Math.Min(total, FirstBytesMax));
        bytes.Write(piece.Data.Span);
        return true;
    }
}
