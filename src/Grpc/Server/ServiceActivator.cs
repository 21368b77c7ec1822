using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;

namespace Grpc.AspNetCore.Server;

/// <summary>The service object of a call: the container's, or a new one that ends with the call.</summary>
internal sealed class ServiceActivator<
    [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TService
>
    where TService : class
{
    private readonly Lazy<ObjectFactory<TService>> factory = new(() =>
        ActivatorUtilities.CreateFactory<TService>(Type.EmptyTypes)
    );

    public TService Get(IServiceProvider services, out bool isOurs)
    {
        var registered = services.GetService<TService>();
        isOurs = registered is null;
        return registered ?? factory.Value(services, null);
    }
}
