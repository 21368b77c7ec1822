using System.Diagnostics.CodeAnalysis;
using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps gRPC services to routes.</summary>
public static class GrpcEndpointRouteBuilderExtensions
{
    /// <summary>Serves all methods of the service. It is taken from the container, or made once per call.</summary>
    /// <exception cref="InvalidOperationException">AddGrpc was not called, or the type is no gRPC service.</exception>
    public static GrpcServiceEndpointConventionBuilder MapGrpcService<
        [DynamicallyAccessedMembers(ServiceBinder.Needed)] TService
    >(this IEndpointRouteBuilder builder)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(builder);
        var routes =
            builder.ServiceProvider.GetService<GrpcRoutes>()
            ?? throw new InvalidOperationException("Call AddGrpc on the services before MapGrpcService.");
        return new GrpcServiceEndpointConventionBuilder(routes.Map<TService>(builder));
    }
}

/// <summary>Conventions for all methods of one service, such as an authorization policy.</summary>
public sealed class GrpcServiceEndpointConventionBuilder : IEndpointConventionBuilder
{
    private readonly IReadOnlyList<IEndpointConventionBuilder> methods;

    internal GrpcServiceEndpointConventionBuilder(IReadOnlyList<IEndpointConventionBuilder> methods)
    {
        this.methods = methods;
    }

    /// <inheritdoc />
    public void Add(Action<EndpointBuilder> convention)
    {
        foreach (var method in methods)
        {
            method.Add(convention);
        }
    }

    /// <inheritdoc />
    public void Finally(Action<EndpointBuilder> finallyConvention)
    {
        foreach (var method in methods)
        {
            method.Finally(finallyConvention);
        }
    }
}
