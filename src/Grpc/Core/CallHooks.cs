namespace Grpc.Core;

/// <summary>What the four kinds of call objects share: how to ask the call behind them.</summary>
internal readonly struct CallHooks(
    Func<object, Task<Metadata>> headers,
    Func<object, Status> status,
    Func<object, Metadata> trailers,
    Action<object> dispose,
    object state
)
{
    public CallHooks(Task<Metadata> headers, Func<Status> status, Func<Metadata> trailers, Action dispose)
        : this(_ => headers, _ => status(), _ => trailers(), _ => dispose(), dispose) { }

    public Task<Metadata> HeadersAsync() => headers(state);

    public Status Status() => status(state);

    public Metadata Trailers() => trailers(state);

    public void Dispose() => dispose(state);
}
