using System.Net;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport.Grpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ClusterRas.Transport.Tests;

/// <summary>A gRPC transport with the Kestrel that it needs, and the cables that end there.</summary>
public sealed class GrpcNode : ITransport
{
    private readonly WebApplication app;
    private readonly Cable[] cables;
    private bool isDisposed;

    public GrpcNode(GrpcTransport transport, IEnumerable<IPEndPoint> listen, Cable[] cables)
    {
        this.cables = cables;
        Transport = transport;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.SetForLinks();
            kestrel.Limits.Http2.KeepAlivePingDelay = transport.Options.PingEvery;
            kestrel.Limits.Http2.KeepAlivePingTimeout = transport.Options.PingEvery;
            foreach (var at in listen)
            {
                kestrel.Listen(at, listening => listening.SetForLinks());
            }
        });
        builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = GrpcTransport.MessageBytesMax);
        builder.Services.AddSingleton(transport.LinkService);
        app = builder.Build();
        app.MapGrpcService<LinkService>();
    }

    public GrpcTransport Transport { get; }

    public TransportKind Kind => Transport.Kind;

    public async Task StartAsync(ITransportSink sink, CancellationToken stop)
    {
        await app.StartAsync(CancellationToken.None);
        foreach (var cable in cables)
        {
            cable.Plug();
        }

        await Transport.StartAsync(sink, stop);
    }

    public SendOutcome Send(LinkId link, Frame frame) => Transport.Send(link, frame);

    public void Relink(LinkId link) => Transport.Relink(link);

    public void Close(LinkId link, string reason) => Transport.Close(link, reason);

    public async ValueTask DisposeAsync()
    {
        await Transport.DisposeAsync();
        if (!isDisposed)
        {
            isDisposed = true;
            foreach (var cable in cables)
            {
                cable.Cut();
            }

            using var within = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            await app.StopAsync(within.Token);
            await app.DisposeAsync();
        }
    }
}
