using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ClusterRas.Grpc.Tests;

/// <summary>Kestrel on a port of the kernel's choice, HTTP/2 in the clear.</summary>
public sealed class OurServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private OurServer(WebApplication app)
    {
        this.app = app;
        Address = new Uri(app.Urls.Single());
    }

    public Uri Address { get; }

    /// <summary>Serves <see cref="EchoService" />.</summary>
    public static Task<OurServer> EchoAsync(Action<KestrelServerOptions>? configure = null) =>
        StartAsync(
            services =>
            {
                services.AddSingleton<Cancellations>();
                services.AddGrpc(options => options.MaxReceiveMessageSize = Limits.MessageBytesMax);
            },
            app => app.MapGrpcService<EchoService>(),
            configure
        );

    /// <summary>Answers all requests by hand.</summary>
    public static Task<OurServer> RawAsync(RequestDelegate answer) =>
        StartAsync(_ => { }, app => app.Run(answer), null);

    public async ValueTask DisposeAsync()
    {
        using var within = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await app.StopAsync(within.Token);
        await app.DisposeAsync();
    }

    public static async Task<OurServer> StartAsync(
        Action<IServiceCollection> register,
        Action<WebApplication> map,
        Action<KestrelServerOptions>? configure = null
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            configure?.Invoke(kestrel);
        });
        register(builder.Services);
        var app = builder.Build();
        map(app);
        await app.StartAsync();
        return new OurServer(app);
    }
}
