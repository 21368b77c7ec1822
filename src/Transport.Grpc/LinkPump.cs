using ClusterRas.Protocol;
using Google.Protobuf;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport.Grpc;

/// <summary>Takes frames from a link's queue and writes them to its newest connection, each lane by itself.</summary>
/// <remarks>Frames become bytes only now, so that their durations have aged while they waited.</remarks>
internal sealed class LinkPump(GrpcLink link, LinkSession session)
{
    private ulong transfers;

    /// <summary>Beats and events; done when the queue is complete and empty.</summary>
    public async Task RunAsync()
    {
        while (await session.Queue.TakeAsync(CancellationToken.None).ConfigureAwait(false) is { } frame)
        {
            while (session.Current is { } connection)
            {
                if (
                    ToWire(frame) is not { } wire
                    || await connection.WriteAsync(new V1.LinkFrame { Frame = wire }).ConfigureAwait(false)
                )
                {
                    break;
                }
            }
        }
    }

    /// <summary>Bulk; done when the queue is complete and empty.</summary>
    public async Task RunBulkAsync()
    {
        while (await session.Queue.TakeBulkAsync(CancellationToken.None).ConfigureAwait(false) is { } frame)
        {
            var bytes = FrameCodec.Encode(frame, link.Now);
            if (bytes.Length > CodecLimits.BulkBytesMax)
            {
                link.Dropped($"bulk frame of {bytes.Length} bytes");
                continue;
            }

            while (session.Current is { } connection)
            {
                if (await WriteAsync(connection, bytes).ConfigureAwait(false))
                {
                    break;
                }
            }
        }
    }

    private V1.Frame? ToWire(Frame frame)
    {
        var now = link.Now;
        if (Freshness.DecidedAt(frame.Message) is { } decided && now - decided > link.FreshFor)
        {
            // This process was stopped and has woken up: somebody else may be the master by now.
            link.DroppedStale(now - decided);
            return null;
        }

        var wire = FrameCodec.ToWire(frame, now);
        var size = wire.CalculateSize();
        if (size > CodecLimits.FrameBytesMax)
        {
            link.Dropped($"frame of {size} bytes");
            return null;
        }

        return wire;
    }

    private async ValueTask<bool> WriteAsync(LinkConnection connection, ReadOnlyMemory<byte> bytes)
    {
        var transfer = ++transfers;
        for (var offset = 0; offset < bytes.Length; offset += BulkAssembly.PieceBytesMax)
        {
            var length = Math.Min(BulkAssembly.PieceBytesMax, bytes.Length - offset);
            var piece = new V1.BulkPiece
            {
                Transfer = transfer,
                OffsetBytes = (uint)offset,
                TotalBytes = (uint)bytes.Length,
                Data = UnsafeByteOperations.UnsafeWrap(bytes.Slice(offset, length)),
            };
            if (!await connection.WriteBulkAsync(new V1.BulkChunk { Piece = piece }).ConfigureAwait(false))
            {
                return false;
            }
        }

        return true;
    }
}
