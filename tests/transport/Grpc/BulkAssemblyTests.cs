using ClusterRas.Transport.Grpc;
using ClusterRas.Wire.V1;
using Google.Protobuf;

namespace ClusterRas.Transport.Tests;

public sealed class BulkAssemblyTests
{
    [Fact]
    public void Pieces_InOrder_GiveTheWhole()
    {
        var assembly = new BulkAssembly();

        Add(assembly, Piece(1, 0, 5, 1, 2, 3)).ShouldBe((null, null));

        Add(assembly, Piece(1, 3, 5, 4, 5)).Whole.ShouldBe([1, 2, 3, 4, 5]);
    }

    [Fact]
    public void Piece_OfAnotherTransfer_DropsWhatWasBegun()
    {
        var assembly = new BulkAssembly();
        Add(assembly, Piece(1, 0, 5, 1, 2, 3));

        Add(assembly, Piece(2, 0, 1, 9)).Whole.ShouldBe([9]);

        Add(assembly, Piece(1, 3, 5, 4, 5)).Refusal.ShouldNotBeNull();
    }

    [Fact]
    public void Piece_AfterAGap_IsRefusedOncePerTransfer()
    {
        var assembly = new BulkAssembly();
        Add(assembly, Piece(1, 0, 9, 1));

        Add(assembly, Piece(1, 2, 9, 1)).Refusal.ShouldNotBeNull();

        Add(assembly, Piece(1, 3, 9, 1)).ShouldBe((null, null));
        Add(assembly, Piece(2, 0, 1, 9)).Whole.ShouldBe([9]);
    }

    [Fact]
    public void Piece_OfNothingOrTooMuch_IsRefused()
    {
        Refusal(Piece(1, 0, 0)).ShouldBe("bulk of 0 bytes");
        Refusal(Piece(1, 0, 9)).ShouldBe("bulk piece of 0 bytes");
        Refusal(Piece(1, 0, 2, 1, 2, 3)).ShouldBe("bulk is longer than it said");
        Refusal(Piece(1, 0, uint.MaxValue, 1)).ShouldBe($"bulk of {uint.MaxValue} bytes");
        Refusal(Piece(1, 0, 100_000, new byte[BulkAssembly.PieceBytesMax + 1])).ShouldBe("bulk piece of 32769 bytes");
    }

    private static string? Refusal(BulkPiece piece) => Add(new BulkAssembly(), piece).Refusal;

    private static (byte[]? Whole, string? Refusal) Add(BulkAssembly assembly, BulkPiece piece)
    {
        assembly.Add(piece, out var whole, out var refusal);
        return (whole?.ToArray(), refusal);
    }

    private static BulkPiece Piece(ulong transfer, uint offset, uint total, params byte[] data) =>
        new()
        {
            Transfer = transfer,
            OffsetBytes = offset,
            TotalBytes = total,
            Data = ByteString.CopyFrom(data),
        };
}
