using Grpc.AspNetCore.Server;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds gRPC to a host.</summary>
public static class GrpcServicesExtensions
{
    /// <summary>What MapGrpcService needs.</summary>
    public static IGrpcServerBuilder AddGrpc(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddOptions<GrpcServiceOptions>();
        services.AddRouting();
        services.AddLogging();
        services.AddSingleton<GrpcRoutes>();
        return new GrpcServerBuilder(services);
    }

    /// <summary>The same with options.</summary>
    public static IGrpcServerBuilder AddGrpc(
        this IServiceCollection services,
        Action<GrpcServiceOptions> configureOptions
    )
    {
        services.Configure(configureOptions);
        return services.AddGrpc();
    }

    private sealed class GrpcServerBuilder(IServiceCollection services) : IGrpcServerBuilder
    {
        public IServiceCollection Services { get; } = services;
    }
}
