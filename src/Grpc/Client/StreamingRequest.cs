using System.Net;
using Grpc.Core;
using Grpc.Framing;

namespace Grpc.Net.Client;

/// <summary>The body of a call that has many requests, and the writer of these.</summary>
internal sealed class StreamingRequest<TRequest>(
    ClientCall call,
    Marshaller<TRequest> marshaller,
    int? lengthMax,
    Func<Task> settledAsync
) : HttpContent, IClientStreamWriter<TRequest>
    where TRequest : class
{
    private readonly TaskCompletionSource<Stream> stream = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly RequestSerializer serializer = new(lengthMax);
    private int isWriting;

    public WriteOptions? WriteOptions { get; set; } = call.WriteOptions;

    public Task WriteAsync(TRequest message) => WriteAsync(message, CancellationToken.None);

    public Task WriteAsync(TRequest message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (complete.Task.IsCompletedSuccessfully)
        {
            return Refused("The request stream is complete.");
        }

        return Interlocked.Exchange(ref isWriting, 1) == 0
            ? SendAsync(message, cancellationToken)
            : Refused("The previous write has not ended yet.");
    }

    public Task CompleteAsync()
    {
        complete.TrySetResult();
        return Task.CompletedTask;
    }

    /// <summary>The call has ended: nothing more can be written, and what is being written stops.</summary>
    public void Abort()
    {
        if (stream.TrySetCanceled())
        {
            _ = stream.Task.Exception;
        }

        complete.TrySetCanceled();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    )
    {
        if (this.stream.Task.IsCompletedSuccessfully)
        {
            throw new IOException("The connection was lost; a stream of requests cannot be sent a second time.");
        }

        // The flush sends the request headers: a server may want to speak first.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        this.stream.TrySetResult(stream);
        await complete.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }

    private async Task SendAsync(TRequest message, CancellationToken cancellationToken)
    {
        var cancelled = cancellationToken.UnsafeRegister(
            static call => ((ClientCall)call!).Cancel("The call was cancelled while writing."),
            call
        );
        try
        {
            var body = await stream.Task.ConfigureAwait(false);
            if (call.HasEnded)
            {
                // The connection would take it still, and nobody would read it.
                throw new IOException("The call has ended.");
            }

            await body.WriteAsync(Serialize(message), call.Stop).ConfigureAwait(false);
            if (WriteOptions is not { } hints || !hints.Flags.HasFlag(WriteFlags.BufferHint))
            {
                await body.FlushAsync(call.Stop).ConfigureAwait(false);
            }

            serializer.Release();
        }
        catch (Exception failure) when (failure is not RpcException)
        {
            throw await WhyAsync(failure).ConfigureAwait(false);
        }
        finally
        {
            cancelled.Unregister();
            Volatile.Write(ref isWriting, 0);
        }
    }

    private ReadOnlyMemory<byte> Serialize(TRequest message)
    {
        try
        {
            return serializer.Serialize(message, marshaller);
        }
        catch (Exception failure)
        {
            throw call.Fail(failure);
        }
    }

    private async Task<Exception> WhyAsync(Exception failure)
    {
        await settledAsync().ConfigureAwait(false);
        if (call.HasEnded)
        {
            return call.GetStatus().StatusCode == StatusCode.OK
                ? new InvalidOperationException("The call is complete.", failure)
                : call.Failure();
        }

        // The reader will learn the status; whoever only writes learns that much.
        return new RpcException(
            new Status(StatusCode.Unavailable, "The server takes no more requests in this call.", failure)
        );
    }

    private static Task Refused(string why) => Task.FromException(new InvalidOperationException(why));
}
