using ClusterRas.Wire.V1;
using Grpc.Core;
using Grpc.Net.Client;

namespace ClusterRas.Transport.Grpc;

/// <summary>A connection that this node has dialled, with its own channel.</summary>
internal sealed class DialledConnection : LinkConnection
{
    private static readonly TimeSpan RetireWithin = TimeSpan.FromSeconds(1);

    private readonly GrpcChannel channel;
    private readonly AsyncDuplexStreamingCall<LinkFrame, LinkFrame> frames;
    private readonly AsyncDuplexStreamingCall<BulkChunk, BulkChunk> bulk;

    public DialledConnection(
        ulong number,
        GrpcChannel channel,
        AsyncDuplexStreamingCall<LinkFrame, LinkFrame> frames,
        AsyncDuplexStreamingCall<BulkChunk, BulkChunk> bulk
    )
        : base(isDialled: true, number, frames.RequestStream)
    {
        this.channel = channel;
        this.frames = frames;
        this.bulk = bulk;
        TryAttachBulk(bulk.RequestStream);
    }

    /// <summary>Reads until the end, and takes the connection from the link.</summary>
    public async Task RunAsync(GrpcLink link)
    {
        var aborting = Ending.UnsafeRegister(static self => ((DialledConnection)self!).HangUp(), this);
        try
        {
            await Task.WhenAll(ReadAllAsync(link), ReadBulkAsync(link, bulk.ResponseStream, CancellationToken.None))
                .ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Ending.IsCancellationRequested)
        {
            // The sink was asked to let go.
        }
        finally
        {
            Abort("the peer has ended it");
            await aborting.DisposeAsync().ConfigureAwait(false);
            HangUp();
            await WhenWrittenAsync().ConfigureAwait(false);
            link.Remove(this);
            NoteEnded();
        }
    }

    public override async Task RetireAsync(string reason)
    {
        Stop(reason);
        try
        {
            await WhenWrittenAsync().WaitAsync(RetireWithin).ConfigureAwait(false);
            await bulk.RequestStream.CompleteAsync().ConfigureAwait(false);
            await frames.RequestStream.CompleteAsync().ConfigureAwait(false);
            await Ended.WaitAsync(RetireWithin).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException || LinkFailure.IsLoss(e))
        {
            Abort(reason);
        }
    }

    private async Task ReadAllAsync(GrpcLink link)
    {
        try
        {
            await ReadFramesAsync(link, frames.ResponseStream, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            Abort("the peer has ended it");
        }
    }

    /// <summary>Ends the calls and the TCP connection.</summary>
    public void HangUp()
    {
        frames.Dispose();
        bulk.Dispose();
        channel.Dispose();
    }
}
