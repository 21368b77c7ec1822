using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>What binding asks of a service type.</summary>
internal static class ServiceBinder
{
    public const DynamicallyAccessedMemberTypes Needed =
        DynamicallyAccessedMemberTypes.PublicConstructors
        | DynamicallyAccessedMemberTypes.PublicMethods
        | DynamicallyAccessedMemberTypes.NonPublicMethods;
}

/// <summary>One method, ready to be routed to.</summary>
internal sealed record BoundMethod(string Path, RequestDelegate Handler);

/// <summary>Finds the methods of a service: generated code names them, reflection finds who implements them.</summary>
internal sealed class ServiceBinder<[DynamicallyAccessedMembers(ServiceBinder.Needed)] TService>(
    GrpcServiceOptions options,
    ILogger log
) : ServiceBinderBase
    where TService : class
{
    private readonly Activate<TService> activate = new ServiceActivator<TService>().Get;

    public List<BoundMethod> Methods { get; } = [];

    public void Bind()
    {
        for (var type = typeof(TService).BaseType; type is not null; type = type.BaseType)
        {
            if (type.GetCustomAttribute<BindServiceMethodAttribute>(inherit: false) is { } found)
            {
                BindMethodOf(found, type).Invoke(null, [this, null]);
                return;
            }
        }

        throw new InvalidOperationException($"{typeof(TService)} does not derive from a generated gRPC service base.");
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        UnaryServerMethod<TRequest, TResponse>? handler
    )
    {
        var invoke = Find<UnaryCall<TService, TRequest, TResponse>>(
            method,
            typeof(TRequest),
            typeof(ServerCallContext)
        );
        Add(method, new UnaryHandler<TService, TRequest, TResponse>(method, activate, options, log, invoke));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        ClientStreamingServerMethod<TRequest, TResponse>? handler
    )
    {
        var invoke = Find<ClientStreamingCall<TService, TRequest, TResponse>>(
            method,
            typeof(IAsyncStreamReader<TRequest>),
            typeof(ServerCallContext)
        );
        Add(method, new ClientStreamingHandler<TService, TRequest, TResponse>(method, activate, options, log, invoke));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        ServerStreamingServerMethod<TRequest, TResponse>? handler
    )
    {
        var invoke = Find<ServerStreamingCall<TService, TRequest, TResponse>>(
            method,
            typeof(TRequest),
            typeof(IServerStreamWriter<TResponse>),
            typeof(ServerCallContext)
        );
        Add(method, new ServerStreamingHandler<TService, TRequest, TResponse>(method, activate, options, log, invoke));
    }

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        DuplexStreamingServerMethod<TRequest, TResponse>? handler
    )
    {
        var invoke = Find<DuplexStreamingCall<TService, TRequest, TResponse>>(
            method,
            typeof(IAsyncStreamReader<TRequest>),
            typeof(IServerStreamWriter<TResponse>),
            typeof(ServerCallContext)
        );
        Add(method, new DuplexStreamingHandler<TService, TRequest, TResponse>(method, activate, options, log, invoke));
    }

    private static MethodInfo BindMethodOf(BindServiceMethodAttribute found, Type serviceBase) =>
        found.BindType.GetMethod(
            found.BindMethodName,
            BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic,
            [typeof(ServiceBinderBase), serviceBase]
        )
        ?? throw new InvalidOperationException($"{found.BindType} has no method {found.BindMethodName} to bind with.");

    /// <summary>A delegate whose first argument is the service, so that one serves all instances.</summary>
    private static TDelegate Find<TDelegate>(IMethod method, params Type[] parameters)
        where TDelegate : Delegate =>
        typeof(TService)
            .GetMethod(method.Name, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic, parameters)
            ?.CreateDelegate<TDelegate>()
        ?? throw new InvalidOperationException($"{typeof(TService)} does not implement {method.FullName}.");

    private void Add(IMethod method, CallHandler<TService> handler) =>
        Methods.Add(new BoundMethod(method.FullName, handler.HandleAsync));
}
