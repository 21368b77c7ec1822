namespace Grpc.Net.Client;

/// <summary>What may be set on a channel.</summary>
public sealed class GrpcChannelOptions
{
    /// <summary>Longest message that is received, in bytes; null: no limit. Default 4 MiB.</summary>
    public int? MaxReceiveMessageSize { get; set; } = 4 * 1024 * 1024;

    /// <summary>Longest message that is sent, in bytes; null, the default: no limit.</summary>
    public int? MaxSendMessageSize { get; set; }

    /// <summary>
    /// The HTTP client below: TLS, connection pool, pings. It must speak HTTP/2.
    /// Null: one of the channel's own, which uses no proxy and opens further connections when one is full.
    /// </summary>
    public HttpMessageHandler? HttpHandler { get; set; }

    /// <summary>True: disposing the channel disposes <see cref="HttpHandler" /> too.</summary>
    public bool DisposeHttpClient { get; set; }
}
