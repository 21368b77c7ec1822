using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>What AddGrpc returns.</summary>
public interface IGrpcServerBuilder
{
    /// <summary>Where services are registered.</summary>
    IServiceCollection Services { get; }
}
