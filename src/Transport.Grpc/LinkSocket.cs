using System.Net;
using System.Net.Sockets;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Grpc;

/// <summary>The one TCP connection of one attempt; it leaves from the die's own address.</summary>
internal sealed class LinkSocket(GrpcLinkAddress address, TimeSpan connectWithin, TimeSpan pingEvery)
{
    private int isUsed;

    /// <summary>How connecting failed; null: it did not.</summary>
    public LinkLoss? Loss { get; private set; }

    /// <summary>In words.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>A handler of its own for each attempt: calls of one handler would share a TCP connection.</summary>
    public SocketsHttpHandler CreateHandler() =>
        new()
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            ConnectCallback = ConnectAsync,
            ConnectTimeout = connectWithin,
            EnableMultipleHttp2Connections = false,
            KeepAlivePingDelay = pingEvery,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            KeepAlivePingTimeout = pingEvery,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            UseCookies = false,
            UseProxy = false,
        };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken stop)
    {
        if (Interlocked.Exchange(ref isUsed, 1) != 0)
        {
            // The handler's idea of a second try; ours has a back-off.
            throw new IOException("one connection for each attempt");
        }

        try
        {
            return new NetworkStream(await OpenAsync(stop).ConfigureAwait(false), ownsSocket: true);
        }
        catch (SocketException e)
        {
            Loss = LossOf(e.SocketErrorCode);
            Reason = e.Message;
            throw;
        }
        catch (OperationCanceledException)
        {
            Loss = LinkLoss.Unreachable;
            Reason = $"no answer within {connectWithin.TotalMilliseconds:0} ms";
            throw;
        }
    }

    private async Task<Socket> OpenAsync(CancellationToken stop)
    {
        var remote = await ResolveAsync(stop).ConfigureAwait(false);
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            SocketTimeouts.Set(socket);
            if (address.Local is { } local)
            {
                socket.Bind(new IPEndPoint(local, 0));
            }

            await socket.ConnectAsync(new IPEndPoint(remote, address.Peer.Port), stop).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async ValueTask<IPAddress> ResolveAsync(CancellationToken stop)
    {
        if (IPAddress.TryParse(address.Peer.Host, out var parsed))
        {
            return parsed;
        }

        var family = address.Local?.AddressFamily ?? AddressFamily.Unspecified;
        var found = await Dns.GetHostAddressesAsync(address.Peer.Host, family, stop).ConfigureAwait(false);
        return found.Length > 0 ? found[0] : throw new SocketException((int)SocketError.HostNotFound);
    }

    private static LinkLoss LossOf(SocketError error) =>
        error switch
        {
            SocketError.ConnectionRefused => LinkLoss.Refused,
            SocketError.ConnectionReset or SocketError.ConnectionAborted => LinkLoss.Closed,
            _ => LinkLoss.Unreachable,
        };
}
