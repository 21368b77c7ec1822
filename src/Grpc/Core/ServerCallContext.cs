namespace Grpc.Core;

/// <summary>One call, as its handler sees it.</summary>
public abstract class ServerCallContext
{
    /// <summary>The path, <c>/service/method</c>.</summary>
    public string Method => MethodCore;

    /// <summary>The authority that the client called.</summary>
    public string Host => HostCore;

    /// <summary>The client's address, e.g. <c>ipv6:[fd00::1]:40112</c>; not an identity.</summary>
    public string Peer => PeerCore;

    /// <summary>When the client gives up, UTC on this machine's clock; <see cref="DateTime.MaxValue" />: never.</summary>
    public DateTime Deadline => DeadlineCore;

    /// <summary>What the client sent before its first message.</summary>
    public Metadata RequestHeaders => RequestHeadersCore;

    /// <summary>Cancelled when the client goes away, cancels, or the deadline passes.</summary>
    public CancellationToken CancellationToken => CancellationTokenCore;

    /// <summary>What is sent after the last message; fill it before the handler returns.</summary>
    public Metadata ResponseTrailers => ResponseTrailersCore;

    /// <summary>How the call ends when the handler returns; OK unless set.</summary>
    public Status Status
    {
        get => StatusCore;
        set => StatusCore = value;
    }

    /// <summary>For responses; null: the default.</summary>
    public WriteOptions? WriteOptions
    {
        get => WriteOptionsCore;
        set => WriteOptionsCore = value;
    }

    /// <summary>Anything that the parts of one call want to hand on.</summary>
    public IDictionary<object, object> UserState => UserStateCore;

    /// <summary>Sends headers now rather than with the first message.</summary>
    /// <exception cref="InvalidOperationException">They have been sent.</exception>
    public Task WriteResponseHeadersAsync(Metadata responseHeaders) => WriteResponseHeadersAsyncCore(responseHeaders);

    /// <summary>See <see cref="Method" />.</summary>
    protected abstract string MethodCore { get; }

    /// <summary>See <see cref="Host" />.</summary>
    protected abstract string HostCore { get; }

    /// <summary>See <see cref="Peer" />.</summary>
    protected abstract string PeerCore { get; }

    /// <summary>See <see cref="Deadline" />.</summary>
    protected abstract DateTime DeadlineCore { get; }

    /// <summary>See <see cref="RequestHeaders" />.</summary>
    protected abstract Metadata RequestHeadersCore { get; }

    /// <summary>See <see cref="CancellationToken" />.</summary>
    protected abstract CancellationToken CancellationTokenCore { get; }

    /// <summary>See <see cref="ResponseTrailers" />.</summary>
    protected abstract Metadata ResponseTrailersCore { get; }

    /// <summary>See <see cref="Status" />.</summary>
    protected abstract Status StatusCore { get; set; }

    /// <summary>See <see cref="WriteOptions" />.</summary>
    protected abstract WriteOptions? WriteOptionsCore { get; set; }

    /// <summary>See <see cref="UserState" />.</summary>
    protected virtual IDictionary<object, object> UserStateCore => field ??= new Dictionary<object, object>();

    /// <summary>See <see cref="WriteResponseHeadersAsync" />.</summary>
    protected abstract Task WriteResponseHeadersAsyncCore(Metadata responseHeaders);
}
