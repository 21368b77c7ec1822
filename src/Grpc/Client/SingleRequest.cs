using System.Net;
using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>The body of a call that has one request.</summary>
internal sealed class SingleRequest<TRequest>(TRequest request, Marshaller<TRequest> marshaller, int? lengthMax)
    : HttpContent
    where TRequest : class
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream,
        TransportContext? context,
        CancellationToken cancellationToken
    )
    {
        // No flush: the end of the stream follows at once and brings its own.
        var serializer = new RequestSerializer(lengthMax);
        await stream.WriteAsync(serializer.Serialize(request, marshaller), cancellationToken).ConfigureAwait(false);
        serializer.Release();
    }

    protected override bool TryComputeLength(out long length)
    {
        length = -1;
        return false;
    }
}
