namespace Grpc.Core;

/// <summary>What generated clients call; a test may put its own in.</summary>
public abstract class CallInvoker
{
    /// <summary>A unary call that blocks its thread; prefer the asynchronous one.</summary>
    public abstract TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest request
    )
        where TRequest : class
        where TResponse : class;

    /// <summary>Starts a unary call.</summary>
    public abstract AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest request
    )
        where TRequest : class
        where TResponse : class;

    /// <summary>Starts a call with many responses.</summary>
    public abstract AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest request
    )
        where TRequest : class
        where TResponse : class;

    /// <summary>Starts a call with many requests.</summary>
    public abstract AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options
    )
        where TRequest : class
        where TResponse : class;

    /// <summary>Starts a call with many messages both ways.</summary>
    public abstract AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options
    )
        where TRequest : class
        where TResponse : class;
}
