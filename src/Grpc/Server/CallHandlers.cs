using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

internal delegate Task<TResponse> UnaryCall<TService, TRequest, TResponse>(
    TService service,
    TRequest request,
    ServerCallContext context
);

internal delegate Task<TResponse> ClientStreamingCall<TService, TRequest, TResponse>(
    TService service,
    IAsyncStreamReader<TRequest> requests,
    ServerCallContext context
);

internal delegate Task ServerStreamingCall<TService, TRequest, TResponse>(
    TService service,
    TRequest request,
    IServerStreamWriter<TResponse> responses,
    ServerCallContext context
);

internal delegate Task DuplexStreamingCall<TService, TRequest, TResponse>(
    TService service,
    IAsyncStreamReader<TRequest> requests,
    IServerStreamWriter<TResponse> responses,
    ServerCallContext context
);

/// <summary>
/// The service object of a call, and whether it ends with the call. A delegate, because the trimmer would want each
/// type that holds a <see cref="ServiceActivator{TService}" /> to repeat what that needs.
/// </summary>
internal delegate TService Activate<out TService>(IServiceProvider services, out bool isOurs);

/// <summary>Answers the requests of one method, from HTTP in to HTTP out.</summary>
internal abstract class CallHandler<TService>(
    IMethod method,
    Activate<TService> activate,
    GrpcServiceOptions options,
    ILogger log
)
    where TService : class
{
    // A stream may be idle and large in sum; a single request keeps the limits of the server.
    private readonly bool isStream = method.Type is MethodType.ClientStreaming or MethodType.DuplexStreaming;

    public Task HandleAsync(HttpContext http) =>
        ServerCall.IsAcceptable(http)
            ? HandleAsync(http, new ServerCall(http, options, isStream, log))
            : Task.CompletedTask;

    protected abstract Task InvokeAsync(TService service, ServerCall call);

    private async Task HandleAsync(HttpContext http, ServerCall call)
    {
        Status status;
        try
        {
            call.Begin();
            var service = activate(http.RequestServices, out var isOurs);
            try
            {
                await InvokeAsync(service, call).ConfigureAwait(false);
            }
            finally
            {
                if (isOurs)
                {
                    await ReleaseAsync(service).ConfigureAwait(false);
                }
            }

            status = call.EndOfHandler();
        }
        catch (Exception failure)
        {
            status = call.EndOfHandler(failure);
        }

        await call.EndAsync(status).ConfigureAwait(false);
    }

    private static ValueTask ReleaseAsync(TService service)
    {
        switch (service)
        {
            case IAsyncDisposable later:
                return later.DisposeAsync();
            case IDisposable now:
                now.Dispose();
                break;
        }

        return ValueTask.CompletedTask;
    }
}

internal sealed class UnaryHandler<TService, TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    Activate<TService> activate,
    GrpcServiceOptions options,
    ILogger log,
    UnaryCall<TService, TRequest, TResponse> invoke
) : CallHandler<TService>(method, activate, options, log)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(TService service, ServerCall call)
    {
        var request = await call.Requests.ReadSingleAsync(method.RequestMarshaller).ConfigureAwait(false);
        var response = await invoke(service, request, call).ConfigureAwait(false);
        call.WriteSingle(response, method.ResponseMarshaller);
    }
}

internal sealed class ClientStreamingHandler<TService, TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    Activate<TService> activate,
    GrpcServiceOptions options,
    ILogger log,
    ClientStreamingCall<TService, TRequest, TResponse> invoke
) : CallHandler<TService>(method, activate, options, log)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(TService service, ServerCall call)
    {
        var requests = new RequestStream<TRequest>(call, method.RequestMarshaller);
        var response = await invoke(service, requests, call).ConfigureAwait(false);
        call.WriteSingle(response, method.ResponseMarshaller);
    }
}

internal sealed class ServerStreamingHandler<TService, TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    Activate<TService> activate,
    GrpcServiceOptions options,
    ILogger log,
    ServerStreamingCall<TService, TRequest, TResponse> invoke
) : CallHandler<TService>(method, activate, options, log)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    protected override async Task InvokeAsync(TService service, ServerCall call)
    {
        var request = await call.Requests.ReadSingleAsync(method.RequestMarshaller).ConfigureAwait(false);
        var responses = new ResponseStream<TResponse>(call, method.ResponseMarshaller);
        await invoke(service, request, responses, call).ConfigureAwait(false);
    }
}

internal sealed class DuplexStreamingHandler<TService, TRequest, TResponse>(
    Method<TRequest, TResponse> method,
    Activate<TService> activate,
    GrpcServiceOptions options,
    ILogger log,
    DuplexStreamingCall<TService, TRequest, TResponse> invoke
) : CallHandler<TService>(method, activate, options, log)
    where TService : class
    where TRequest : class
    where TResponse : class
{
    protected override Task InvokeAsync(TService service, ServerCall call)
    {
        var requests = new RequestStream<TRequest>(call, method.RequestMarshaller);
        var responses = new ResponseStream<TResponse>(call, method.ResponseMarshaller);
        return invoke(service, requests, responses, call);
    }
}
