using System.Threading.Channels;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport;

/// <summary>A node's road to itself: through the codec and the pool of threads that read peers' frames, and up to the same sink.</summary>
/// <remarks>No socket: a machine whose pool, loop or processor is starved holds these frames up as it does those of peers, and that
/// is what they are for. Over a socket of one rail they would fail with that rail, and nobody would be found silent on the other.</remarks>
public sealed class SelfRoad(Func<Instant> clock)
{
    /// <summary>Frames on their way; of more the oldest is dropped, since the newest says the same.</summary>
    private const int UnderwayMax = 16;

    private readonly Channel<(LinkId Link, byte[] Bytes)> underway = Channel.CreateBounded<(LinkId, byte[])>(
        new BoundedChannelOptions(UnderwayMax) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true }
    );

    /// <summary>Takes a frame; never waits, never throws.</summary>
    public SendOutcome Send(LinkId link, Frame frame) =>
        underway.Writer.TryWrite((link, FrameCodec.Encode(frame, clock()))) ? SendOutcome.Queued : SendOutcome.LinkDown;

    /// <summary>Hands up what was sent, until it is stopped.</summary>
    public async Task RunAsync(ITransportSink sink, CancellationToken stop)
    {
        try
        {
            await foreach (var (link, bytes) in underway.Reader.ReadAllAsync(stop).ConfigureAwait(false))
            {
                if (FrameCodec.TryDecode(bytes, clock(), out var frame, out var _))
                {
                    await sink.ArrivedAsync(link, frame, stop).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The transport ends.
        }
    }
}
