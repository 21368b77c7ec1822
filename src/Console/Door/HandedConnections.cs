using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace ClusterRas.Console.Door;

/// <summary>A server's connections that another server has accepted: a port that speaks gRPC hands over who speaks HTTP/1.1.</summary>
/// <remarks>Kestrel cannot speak both on one port without TLS, since nothing but the first bytes tells them apart.</remarks>
public sealed class HandedConnections : IConnectionListenerFactory, IConnectionListener
{
    private readonly Channel<ConnectionContext> waiting = Channel.CreateBounded<ConnectionContext>(16);

    /// <inheritdoc />
    public EndPoint EndPoint { get; private set; } = new HandedEndPoint();

    /// <summary>Serves a connection that was accepted elsewhere; done when it has ended.</summary>
    public async Task ServeAsync(ConnectionContext connection)
    {
        var handed = new Handed(connection);
        if (!waiting.Writer.TryWrite(handed))
        {
            // Too many at once, or the console has ended: links and events matter more than pages.
            connection.Abort();
            return;
        }

        await handed.Ended.ConfigureAwait(false);
    }

    /// <inheritdoc />
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        EndPoint = endpoint;
        return new(this);
    }

    /// <inheritdoc />
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await waiting.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (waiting.Reader.TryRead(out var connection))
            {
                return connection;
            }
        }

        return null;
    }

    /// <inheritdoc />
    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        waiting.Writer.TryComplete();
        return default;
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        return default;
    }

    /// <summary>No address of its own.</summary>
    private sealed class HandedEndPoint : EndPoint;

    /// <summary>The same connection, which tells when its new owner is done with it.</summary>
    private sealed class Handed(ConnectionContext inner) : ConnectionContext
    {
        private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => ended.Task;

        public override string ConnectionId
        {
            get => inner.ConnectionId;
            set => inner.ConnectionId = value;
        }

        public override IFeatureCollection Features => inner.Features;

        public override IDictionary<object, object?> Items
        {
            get => inner.Items;
            set => inner.Items = value;
        }

        public override System.IO.Pipelines.IDuplexPipe Transport
        {
            get => inner.Transport;
            set => inner.Transport = value;
        }

        public override CancellationToken ConnectionClosed
        {
            get => inner.ConnectionClosed;
            set => inner.ConnectionClosed = value;
        }

        public override EndPoint? LocalEndPoint
        {
            get => inner.LocalEndPoint;
            set => inner.LocalEndPoint = value;
        }

        public override EndPoint? RemoteEndPoint
        {
            get => inner.RemoteEndPoint;
            set => inner.RemoteEndPoint = value;
        }

        public override void Abort(ConnectionAbortedException abortReason) => inner.Abort(abortReason);

        public override ValueTask DisposeAsync()
        {
            // Who accepted it disposes it.
            ended.TrySetResult();
            return base.DisposeAsync();
        }
    }
}
