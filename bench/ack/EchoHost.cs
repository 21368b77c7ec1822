using System.Net;
using ClusterRas.Transport.Grpc;
using ClusterRas.Wire.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ClusterRas.AckBench;

/// <summary>The far end of a floor: sends each link frame back, or asks the next one first. A process of its own.</summary>
internal static class EchoHost
{
    /// <summary>Listens until standard input ends; says "ready" when it does.</summary>
    public static async Task<int> RunAsync(string at, string? next)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.SetForLinks();
            kestrel.Listen(IPEndPoint.Parse(at), listen => listen.SetForLinks());
        });
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(new EchoService(next));
        await using var app = builder.Build();
        app.MapGrpcService<EchoService>();
        await app.StartAsync();
        Console.WriteLine("ready");
        while (await Console.In.ReadLineAsync() is not null) { }
        return 0;
    }
}

/// <summary>Frames come back as they came.</summary>
/// <param name="next">host:port that is asked before; null: nobody.</param>
internal sealed class EchoService(string? next) : Link.LinkBase
{
    /// <inheritdoc />
    public override async Task Open(
        IAsyncStreamReader<LinkFrame> requestStream,
        IServerStreamWriter<LinkFrame> responseStream,
        ServerCallContext context
    )
    {
        using var channel = next is null ? null : GrpcChannel.ForAddress($"http://{next}");
        using var onward = channel is null ? null : new Link.LinkClient(channel).Open(cancellationToken: default);
        while (await requestStream.MoveNext(context.CancellationToken))
        {
            var frame = requestStream.Current;
            if (onward is not null)
            {
                await onward.RequestStream.WriteAsync(frame);
                await onward.ResponseStream.MoveNext(context.CancellationToken);
                frame = onward.ResponseStream.Current;
            }

            await responseStream.WriteAsync(frame);
        }
    }
}
