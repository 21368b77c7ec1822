using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>The responses of a streaming call, as the handler writes them.</summary>
internal sealed class ResponseStream<TResponse>(ServerCall call, Marshaller<TResponse> marshaller)
    : IServerStreamWriter<TResponse>
    where TResponse : class
{
    private WriteOptions? writeOptions;

    public WriteOptions? WriteOptions
    {
        get => writeOptions ?? call.WriteOptions;
        set => writeOptions = value;
    }

    public Task WriteAsync(TResponse message) => call.WriteAsync(message, marshaller, WriteOptions);

    public Task WriteAsync(TResponse message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return WriteAsync(message);
    }
}
