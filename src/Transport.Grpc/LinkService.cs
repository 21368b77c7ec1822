using ClusterRas.Wire.V1;
using Grpc.Core;
using Status = Grpc.Core.Status;

namespace ClusterRas.Transport.Grpc;

/// <summary>The listening side of <see cref="GrpcTransport"/>; the host maps it on all the node's addresses.</summary>
public sealed class LinkService : Link.LinkBase
{
    private readonly GrpcTransport transport;

    internal LinkService(GrpcTransport transport)
    {
        this.transport = transport;
    }

    /// <inheritdoc />
    public override async Task Open(
        IAsyncStreamReader<LinkFrame> requestStream,
        IServerStreamWriter<LinkFrame> responseStream,
        ServerCallContext context
    )
    {
        var opening = (await FirstAsync(requestStream, context).ConfigureAwait(false))?.Opening;
        var link = LinkOf(opening, context, out var named);
        var connection = new AcceptedConnection(named.Connection, responseStream, context);
        if (!await link.TryAdmitAsync(connection, AnswerAsync).ConfigureAwait(false))
        {
            throw Refused(context, StatusCode.Unavailable, "the link is being closed");
        }

        await connection.RunAsync(link, requestStream).ConfigureAwait(false);

        Task AnswerAsync() => responseStream.WriteAsync(new LinkFrame { Opening = AnswerTo(named) });
    }

    /// <inheritdoc />
    public override async Task Bulk(
        IAsyncStreamReader<BulkChunk> requestStream,
        IServerStreamWriter<BulkChunk> responseStream,
        ServerCallContext context
    )
    {
        var opening = (await FirstAsync(requestStream, context).ConfigureAwait(false))?.Opening;
        var link = LinkOf(opening, context, out var named);
        if (
            link.FindAccepted(named.Connection) is not { } connection
            || !await connection.Admitted.ConfigureAwait(false)
        )
        {
            throw Refused(context, StatusCode.FailedPrecondition, $"no connection {named.Connection} is open");
        }

        await responseStream.WriteAsync(new BulkChunk { Opening = AnswerTo(named) }).ConfigureAwait(false);
        if (!await connection.RunBulkAsync(link, requestStream, responseStream, context).ConfigureAwait(false))
        {
            throw Refused(context, StatusCode.FailedPrecondition, $"connection {named.Connection} has its bulk stream");
        }
    }

    private async Task<T?> FirstAsync<T>(IAsyncStreamReader<T> reader, ServerCallContext context)
        where T : class
    {
        using var within = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        within.CancelAfter(transport.Options.OpenWithin);
        try
        {
            return await reader.MoveNext(within.Token).ConfigureAwait(false) ? reader.Current : null;
        }
        catch (OperationCanceledException) when (!context.CancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private GrpcLink LinkOf(LinkOpening? opening, ServerCallContext context, out LinkOpening named)
    {
        if (opening is null)
        {
            throw Refused(context, StatusCode.FailedPrecondition, "the stream does not begin with its opening");
        }

        named = opening;
        return transport.TryFind(opening, out var link, out var refusal)
            ? link
            : throw Refused(context, StatusCode.FailedPrecondition, refusal);
    }

    private LinkOpening AnswerTo(LinkOpening opening) =>
        new()
        {
            FromNode = (uint)transport.Self.Value,
            ToNode = opening.FromNode,
            Die = opening.Die,
            Connection = opening.Connection,
        };

    private RpcException Refused(ServerCallContext context, StatusCode code, string reason)
    {
        transport.Log.StreamRefused(context.Peer, reason);
        return new RpcException(new Status(code, reason));
    }
}
