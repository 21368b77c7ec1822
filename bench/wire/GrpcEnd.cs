using System.Net;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport;
using ClusterRas.Transport.Grpc;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ClusterRas.WireBench;

/// <summary>A gRPC transport with the Kestrel that it needs.</summary>
internal sealed class GrpcEnd : ITransport
{
    private readonly GrpcTransport transport;
    private readonly WebApplication app;

    private GrpcEnd(int self, int peer)
    {
        if (!HostPort.TryParse($"127.78.0.{peer + 1}:7490", out var at))
        {
            throw new ArgumentOutOfRangeException(nameof(peer));
        }

        var own = IPAddress.Parse($"127.78.0.{self + 1}");
        transport = new GrpcTransport(
            new NodeId(self),
            [new GrpcLinkAddress(new LinkId(new NodeId(peer), new Die(0), TransportKind.Grpc), at, own)]
        );
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.SetForLinks();
            kestrel.Listen(own, 7490, listen => listen.SetForLinks());
        });
        builder.Services.AddGrpc(options => options.MaxReceiveMessageSize = GrpcTransport.MessageBytesMax);
        builder.Services.AddSingleton(transport.LinkService);
        app = builder.Build();
        app.MapGrpcService<LinkService>();
    }

    public TransportKind Kind => transport.Kind;

    public static GrpcEnd Create(int self, int peer) => new(self, peer);

    public async Task StartAsync(ITransportSink sink, CancellationToken stop)
    {
        await app.StartAsync(CancellationToken.None);
        await transport.StartAsync(sink, stop);
    }

    public SendOutcome Send(LinkId link, Frame frame) => transport.Send(link, frame);

    public void Relink(LinkId link) => transport.Relink(link);

    public void Close(LinkId link, string reason) => transport.Close(link, reason);

    public async ValueTask DisposeAsync()
    {
        await transport.DisposeAsync();
        using var within = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await app.StopAsync(within.Token);
        await app.DisposeAsync();
    }
}
