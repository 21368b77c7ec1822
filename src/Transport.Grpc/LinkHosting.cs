using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ClusterRas.Transport.Grpc;

/// <summary>What a host of <see cref="LinkService"/> sets on Kestrel, which is not this room's own.</summary>
public static class LinkHosting
{
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(2);

    /// <summary>Lifts the rates that idle or slow streams would break, and has dead connections noticed.</summary>
    public static void SetForLinks(this KestrelServerLimits limits)
    {
        // A peer that stops reading for a while makes its queue full; that is not an attack.
        limits.MinResponseDataRate = null;
        limits.MinRequestBodyDataRate = null;
        limits.Http2.KeepAlivePingDelay = PingEvery;
        limits.Http2.KeepAlivePingTimeout = PingEvery;
        // Bulk that nobody takes must not use up what the events of the same connection need.
        limits.Http2.InitialConnectionWindowSize = 2 * 1024 * 1024;
        limits.Http2.InitialStreamWindowSize = 512 * 1024;
    }

    /// <summary>HTTP/2 only, and no connection that lingers after a silent cut.</summary>
    public static void SetForLinks(this ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http2;
        listen.Use(static next =>
            connection =>
            {
                if (connection.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket)
                {
                    SocketTimeouts.Set(socket);
                }

                return next(connection);
            }
        );
    }
}
