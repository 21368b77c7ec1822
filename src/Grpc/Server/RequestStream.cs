using Grpc.Core;

namespace Grpc.AspNetCore.Server;

/// <summary>The requests of a streaming call, as the handler reads them.</summary>
internal sealed class RequestStream<TRequest>(ServerCall call, Marshaller<TRequest> marshaller)
    : IAsyncStreamReader<TRequest>
    where TRequest : class
{
    private TRequest? current;

    public TRequest Current => current ?? throw new InvalidOperationException("There is no current message.");

    public async Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled || cancellationToken == call.CallStop)
        {
            current = await call.Requests.ReadAsync(marshaller, call.CallStop).ConfigureAwait(false);
        }
        else
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(call.CallStop, cancellationToken);
            current = await call.Requests.ReadAsync(marshaller, either.Token).ConfigureAwait(false);
        }

        return current is not null;
    }
}
