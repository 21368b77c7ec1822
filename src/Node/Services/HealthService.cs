using Grpc.Core;
using Grpc.Health.V1;

namespace ClusterRas.Node.Services;

/// <summary>The standard health service: serving means that this node's log follows a master and its disk takes writes.</summary>
internal sealed class HealthService(StatusFeed feed) : Health.HealthBase
{
    /// <inheritdoc />
    public override async Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        if (!IsKnown(request.Service))
        {
            throw new RpcException(new Status(StatusCode.NotFound, $"no service \"{request.Service}\""));
        }

        return new HealthCheckResponse { Status = Of(await feed.ReadAsync().ConfigureAwait(false)) };
    }

    /// <inheritdoc />
    public override async Task Watch(
        HealthCheckRequest request,
        IServerStreamWriter<HealthCheckResponse> responseStream,
        ServerCallContext context
    )
    {
        if (!IsKnown(request.Service))
        {
            // The protocol wants the stream kept open: the service may come to be known.
            await responseStream
                .WriteAsync(new HealthCheckResponse { Status = HealthCheckResponse.Types.ServingStatus.ServiceUnknown })
                .ConfigureAwait(false);
            await Task.Delay(Timeout.Infinite, context.CancellationToken).ConfigureAwait(false);
            return;
        }

        HealthCheckResponse.Types.ServingStatus? told = null;
        await foreach (var status in feed.WatchAsync(context.CancellationToken).ConfigureAwait(false))
        {
            var now = Of(status);
            if (told != now)
            {
                told = now;
                await responseStream.WriteAsync(new HealthCheckResponse { Status = now }).ConfigureAwait(false);
            }
        }
    }

    private static bool IsKnown(string service) =>
        service is "" or "clusterras.v1.Cluster" or "clusterras.v1.Events" or "clusterras.v1.Link";

    private static HealthCheckResponse.Types.ServingStatus Of(Protocol.NodeStatus status) =>
        status.Master is not null && status.StorageStalled is null
            ? HealthCheckResponse.Types.ServingStatus.Serving
            : HealthCheckResponse.Types.ServingStatus.NotServing;
}
