namespace Grpc.Core;

/// <summary>A call with many messages both ways under way.</summary>
public sealed class AsyncDuplexStreamingCall<TRequest, TResponse> : IDisposable
{
    private readonly CallHooks hooks;

    /// <summary>A call over the given parts; for test doubles.</summary>
    public AsyncDuplexStreamingCall(
        IClientStreamWriter<TRequest> requestStream,
        IAsyncStreamReader<TResponse> responseStream,
        Task<Metadata> responseHeadersAsync,
        Func<Status> getStatusFunc,
        Func<Metadata> getTrailersFunc,
        Action disposeAction
    )
    {
        RequestStream = requestStream;
        ResponseStream = responseStream;
        hooks = new CallHooks(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction);
    }

    /// <summary>The same with one state object in place of closures.</summary>
    public AsyncDuplexStreamingCall(
        IClientStreamWriter<TRequest> requestStream,
        IAsyncStreamReader<TResponse> responseStream,
        Func<object, Task<Metadata>> responseHeadersAsync,
        Func<object, Status> getStatusFunc,
        Func<object, Metadata> getTrailersFunc,
        Action<object> disposeAction,
        object state
    )
    {
        RequestStream = requestStream;
        ResponseStream = responseStream;
        hooks = new CallHooks(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction, state);
    }

    /// <summary>The requests.</summary>
    public IClientStreamWriter<TRequest> RequestStream { get; }

    /// <summary>The responses.</summary>
    public IAsyncStreamReader<TResponse> ResponseStream { get; }

    /// <summary>The response headers, as soon as they are there.</summary>
    public Task<Metadata> ResponseHeadersAsync => hooks.HeadersAsync();

    /// <summary>How the call ended.</summary>
    /// <exception cref="InvalidOperationException">It has not ended.</exception>
    public Status GetStatus() => hooks.Status();

    /// <summary>The trailers of the ended call.</summary>
    /// <exception cref="InvalidOperationException">It has not ended.</exception>
    public Metadata GetTrailers() => hooks.Trailers();

    /// <summary>Cancels the call unless it has ended.</summary>
    public void Dispose() => hooks.Dispose();
}
