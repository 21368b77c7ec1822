using Grpc.Core;

namespace Grpc.Net.Client;

/// <summary>Turns the calls of generated clients into HTTP/2 requests.</summary>
internal sealed class HttpCallInvoker(GrpcChannel channel) : CallInvoker
{
    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest request
    )
    {
        using var call = new ClientCall<TRequest, TResponse>(channel, method, options);
        return call.SingleAsync(call.Single(request)).GetAwaiter().GetResult();
    }

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest request
    )
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, options);
        return new AsyncUnaryCall<TResponse>(
            call.SingleAsync(call.Single(request)),
            Headers,
            Status,
            Trailers,
            Dispose,
            call
        );
    }

    public override AsyncServerStreamingCall<TResponse> AsyncServerStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options,
        TRequest request
    )
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, options);
        call.Open(call.Single(request));
        return new AsyncServerStreamingCall<TResponse>(call, Headers, Status, Trailers, Dispose, call);
    }

    public override AsyncClientStreamingCall<TRequest, TResponse> AsyncClientStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options
    )
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, options);
        var requests = call.Many();
        return new AsyncClientStreamingCall<TRequest, TResponse>(
            requests,
            call.SingleAsync(requests),
            Headers,
            Status,
            Trailers,
            Dispose,
            call
        );
    }

    public override AsyncDuplexStreamingCall<TRequest, TResponse> AsyncDuplexStreamingCall<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        string? host,
        CallOptions options
    )
    {
        var call = new ClientCall<TRequest, TResponse>(channel, method, options);
        var requests = call.Many();
        call.Open(requests);
        return new AsyncDuplexStreamingCall<TRequest, TResponse>(
            requests,
            call,
            Headers,
            Status,
            Trailers,
            Dispose,
            call
        );
    }

    private static Task<Metadata> Headers(object call) => ((ClientCall)call).HeadersAsync;

    private static Status Status(object call) => ((ClientCall)call).GetStatus();

    private static Metadata Trailers(object call) => ((ClientCall)call).GetTrailers();

    private static void Dispose(object call) => ((ClientCall)call).Dispose();
}
