using System.Runtime.CompilerServices;

namespace Grpc.Core;

/// <summary>A unary call under way; await it for the response.</summary>
public sealed class AsyncUnaryCall<TResponse> : IDisposable
{
    private readonly CallHooks hooks;

    /// <summary>A call over the given parts; for test doubles.</summary>
    public AsyncUnaryCall(
        Task<TResponse> responseAsync,
        Task<Metadata> responseHeadersAsync,
        Func<Status> getStatusFunc,
        Func<Metadata> getTrailersFunc,
        Action disposeAction
    )
    {
        ResponseAsync = responseAsync;
        hooks = new CallHooks(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction);
    }

    /// <summary>The same with one state object in place of closures.</summary>
    public AsyncUnaryCall(
        Task<TResponse> responseAsync,
        Func<object, Task<Metadata>> responseHeadersAsync,
        Func<object, Status> getStatusFunc,
        Func<object, Metadata> getTrailersFunc,
        Action<object> disposeAction,
        object state
    )
    {
        ResponseAsync = responseAsync;
        hooks = new CallHooks(responseHeadersAsync, getStatusFunc, getTrailersFunc, disposeAction, state);
    }

    /// <summary>The response; fails with <see cref="RpcException" /> unless the call ends with OK.</summary>
    public Task<TResponse> ResponseAsync { get; }

    /// <summary>The response headers, as soon as they are there.</summary>
    public Task<Metadata> ResponseHeadersAsync => hooks.HeadersAsync();

    /// <summary>Awaits <see cref="ResponseAsync" />.</summary>
    public TaskAwaiter<TResponse> GetAwaiter() => ResponseAsync.GetAwaiter();

    /// <summary>Awaits <see cref="ResponseAsync" />, configured.</summary>
    public ConfiguredTaskAwaitable<TResponse> ConfigureAwait(bool continueOnCapturedContext) =>
        ResponseAsync.ConfigureAwait(continueOnCapturedContext);

    /// <summary>How the call ended.</summary>
    /// <exception cref="InvalidOperationException">It has not ended.</exception>
    public Status GetStatus() => hooks.Status();

    /// <summary>The trailers of the ended call.</summary>
    /// <exception cref="InvalidOperationException">It has not ended.</exception>
    public Metadata GetTrailers() => hooks.Trailers();

    /// <summary>Cancels the call unless it has ended.</summary>
    public void Dispose() => hooks.Dispose();
}
