using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Grpc.Core;
using Grpc.Framing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Grpc.AspNetCore.Server;

/// <summary>The routes of all services, and one behind them that answers for methods which do not exist.</summary>
internal sealed class GrpcRoutes(IOptions<GrpcServiceOptions> options, ILoggerFactory logs)
{
    private readonly ConditionalWeakTable<IEndpointRouteBuilder, object> withFallback = [];
    private readonly ILogger log = logs.CreateLogger("Grpc.AspNetCore.Server");

    public List<IEndpointConventionBuilder> Map<[DynamicallyAccessedMembers(ServiceBinder.Needed)] TService>(
        IEndpointRouteBuilder endpoints
    )
        where TService : class
    {
        if (withFallback.TryAdd(endpoints, this))
        {
            MapFallback(endpoints);
        }

        var binder = new ServiceBinder<TService>(options.Value, log);
        binder.Bind();
        return binder.Methods.ConvertAll(method =>
            (IEndpointConventionBuilder)
                endpoints
                    .MapPost(method.Path, method.Handler)
                    .WithDisplayName($"gRPC {method.Path}")
                    .WithMetadata(method)
        );
    }

    private void MapFallback(IEndpointRouteBuilder endpoints)
    {
        var onlyGrpc = new RouteValueDictionary { ["service"] = new OnlyGrpc() };
        endpoints
            .Map(RoutePatternFactory.Parse("{service}/{method}", null, onlyGrpc), UnimplementedAsync)
            .WithDisplayName("gRPC unimplemented")
            .WithOrder(int.MaxValue);
    }

    private Task UnimplementedAsync(HttpContext http)
    {
        if (!ServerCall.IsAcceptable(http))
        {
            return Task.CompletedTask;
        }

        var call = new ServerCall(http, options.Value, isStream: false, log);
        return call.EndAsync(new Status(StatusCode.Unimplemented, $"There is no method {http.Request.Path}."));
    }

    /// <summary>Lets the fallback see gRPC only: other requests belong to other endpoints.</summary>
    private sealed class OnlyGrpc : IRouteConstraint
    {
        public bool Match(
            HttpContext? httpContext,
            IRouter? route,
            string routeKey,
            RouteValueDictionary values,
            RouteDirection routeDirection
        ) => httpContext is null || GrpcHeaders.IsGrpc(httpContext.Request.ContentType);
    }
}
