using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace ClusterRas.Grpc.Tests;

/// <summary>What the table does not show of our server: limits that must not hit streams, and who answers what.</summary>
public sealed class ServerTests
{
    [Fact]
    public async Task Stream_SilentBeyondTheMinimumRate_StaysOpen()
    {
        // Kestrel's own default is 5 s of grace; the silence here is the thing that is tested.
        var rate = new MinDataRate(bytesPerSecond: 1000, gracePeriod: TimeSpan.FromSeconds(1.1));
        await using var server = await OurServer.EchoAsync(kestrel =>
        {
            kestrel.Limits.MinRequestBodyDataRate = rate;
            kestrel.Limits.MinResponseDataRate = rate;
        });
        using var channel = GrpcChannel.ForAddress(server.Address);
        using var call = new Echo.EchoClient(channel).Both();
        await call.RequestStream.WriteAsync(new Ask());
        (await call.ResponseStream.MoveNext()).ShouldBeTrue();
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        await call.RequestStream.WriteAsync(new Ask { Text = "still here" });
        (await call.ResponseStream.MoveNext()).ShouldBeTrue();
        call.ResponseStream.Current.Text.ShouldBe("still here");
    }

    [Fact]
    public async Task Stream_LongerThanARequestMayBe_StaysOpen()
    {
        await using var server = await OurServer.EchoAsync(kestrel => kestrel.Limits.MaxRequestBodySize = 100_000);
        using var channel = GrpcChannel.ForAddress(server.Address);
        using var call = new Echo.EchoClient(channel).Up();
        for (var i = 0; i < 20; i++)
        {
            await call.RequestStream.WriteAsync(new Ask { Count = 1, Data = ByteString.CopyFrom(new byte[10_000]) });
        }

        await call.RequestStream.CompleteAsync();
        (await call).Number.ShouldBe(20u);
    }

    [Fact]
    public async Task Handler_Throws_ClientLearnsNoDetails()
    {
        await using var server = await StartAsync(new Misbehaving());
        using var channel = GrpcChannel.ForAddress(server.Address);
        var failure = await FailureOf(new Echo.EchoClient(channel).UnaryAsync(new Ask()).ResponseAsync);
        failure.StatusCode.ShouldBe(StatusCode.Unknown);
        failure.Status.Detail.ShouldNotContain("secret");
    }

    [Fact]
    public async Task Handler_SetsAStatus_ThatIsHowTheCallEnds()
    {
        await using var server = await StartAsync(new Misbehaving());
        using var channel = GrpcChannel.ForAddress(server.Address);
        using var call = new Echo.EchoClient(channel).Down(new Ask());
        (await FailureOf(call.ResponseStream.MoveNext())).StatusCode.ShouldBe(StatusCode.DataLoss);
    }

    [Fact]
    public async Task Handler_WritesAfterItsEnd_IsRefused()
    {
        var service = new Misbehaving();
        await using var server = await StartAsync(service);
        using var channel = GrpcChannel.ForAddress(server.Address);
        using var call = new Echo.EchoClient(channel).Both();
        (await call.ResponseStream.MoveNext()).ShouldBeFalse();
        var responses = await service.Kept.Task.WaitAsync(Limits.CaseWithin);
        await Should.ThrowAsync<InvalidOperationException>(responses.WriteAsync(new Reply()));
    }

    [Fact]
    public async Task Context_OfACall_TellsWhoCallsAndHow()
    {
        var service = new Misbehaving();
        await using var server = await StartAsync(service);
        using var channel = GrpcChannel.ForAddress(server.Address);
        var deadline = DateTime.UtcNow.AddSeconds(15);
        using var call = new Echo.EchoClient(channel).Up(deadline: deadline);
        await call.RequestStream.CompleteAsync();
        await call;
        var context = service.Context;
        context.Method.ShouldBe("/clusterras.conformance.Echo/Up");
        context.Peer.ShouldStartWith("ipv4:127.0.0.1:");
        context.Host.ShouldBe(server.Address.Authority);
        // What crosses the wire is the time left, so the way there comes on top.
        context.Deadline.ShouldBeInRange(deadline.AddSeconds(-1), DateTime.UtcNow.AddSeconds(15));
    }

    [Fact]
    public async Task Routes_OfOthers_AreLeftAlone()
    {
        await using var server = await StartAsync(new Misbehaving(), app => app.MapFallback(() => "the console"));
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        var stop = TestContext.Current.CancellationToken;
        (await http.GetStringAsync(new Uri(server.Address, "/some/page"), stop)).ShouldBe("the console");
    }

    private static Task<OurServer> StartAsync(Misbehaving service, Action<WebApplication>? map = null) =>
        OurServer.StartAsync(
            services =>
            {
                services.AddSingleton(service);
                services.AddGrpc();
            },
            app =>
            {
                app.MapGrpcService<Misbehaving>();
                map?.Invoke(app);
            }
        );

    private static Task<RpcException> FailureOf(Task call) =>
        Should.ThrowAsync<RpcException>(call.WaitAsync(Limits.CaseWithin));

    private sealed class Misbehaving : Echo.EchoBase
    {
        public TaskCompletionSource<IServerStreamWriter<Reply>> Kept { get; } = new();

        public (string Method, string Peer, string Host, DateTime Deadline) Context { get; private set; }

        public override Task<Reply> Unary(Ask request, ServerCallContext context) =>
            throw new InvalidOperationException("secret");

        public override Task Down(Ask request, IServerStreamWriter<Reply> responseStream, ServerCallContext context)
        {
            context.Status = new Status(StatusCode.DataLoss, "gone");
            return Task.CompletedTask;
        }

        public override Task Both(
            IAsyncStreamReader<Ask> requestStream,
            IServerStreamWriter<Reply> responseStream,
            ServerCallContext context
        )
        {
            // Handed on when the call is over.
            context.GetHttpContext().Response.OnCompleted(() => Task.FromResult(Kept.TrySetResult(responseStream)));
            return Task.CompletedTask;
        }

        public override async Task<Reply> Up(IAsyncStreamReader<Ask> requestStream, ServerCallContext context)
        {
            (await requestStream.MoveNext()).ShouldBeFalse();
            Context = (context.Method, context.Peer, context.Host, context.Deadline);
            return new Reply();
        }
    }
}
