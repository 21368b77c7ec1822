using Grpc.Core;
using Grpc.Net.Client;

namespace ClusterRas.Grpc.Tests;

/// <summary>What the table does not show of our client: local failures and the order of things.</summary>
public sealed class ClientTests : IAsyncLifetime
{
    private OurServer? server;
    private GrpcChannel? channel;

    private Echo.EchoClient Client => new(channel!);

    public async ValueTask InitializeAsync()
    {
        server = await OurServer.EchoAsync();
        channel = GrpcChannel.ForAddress(server.Address);
    }

    public async ValueTask DisposeAsync()
    {
        channel!.Dispose();
        await server!.DisposeAsync();
    }

    [Fact]
    public async Task Call_NobodyListens_IsUnavailable()
    {
        var gone = await OurServer.EchoAsync();
        await gone.DisposeAsync();
        using var nobody = GrpcChannel.ForAddress(gone.Address);
        using var call = new Echo.EchoClient(nobody).UnaryAsync(new Ask());
        (await FailureOf(call.ResponseAsync)).StatusCode.ShouldBe(StatusCode.Unavailable);
        call.GetStatus().DebugException.ShouldNotBeNull();
        (await FailureOf(call.ResponseHeadersAsync)).StatusCode.ShouldBe(StatusCode.Unavailable);
    }

    [Fact]
    public async Task Call_TokenCancelledBefore_IsCancelledWithoutARequest()
    {
        using var call = Client.UnaryAsync(new Ask(), cancellationToken: new CancellationToken(canceled: true));
        (await FailureOf(call.ResponseAsync)).StatusCode.ShouldBe(StatusCode.Cancelled);
        using var duplex = Client.Both(cancellationToken: new CancellationToken(canceled: true));
        (await FailureOf(duplex.RequestStream.WriteAsync(new Ask()))).StatusCode.ShouldBe(StatusCode.Cancelled);
        (await FailureOf(duplex.ResponseStream.MoveNext())).StatusCode.ShouldBe(StatusCode.Cancelled);
    }

    [Fact]
    public void Call_DeadlineInLocalTime_IsRefused() =>
        Should.Throw<InvalidOperationException>(() => Client.UnaryAsync(new Ask(), deadline: DateTime.Now.AddDays(1)));

    [Fact]
    public async Task Call_DeadlineBeyondAnyTimer_IsMade() =>
        (await Client.UnaryAsync(new Ask { Text = "far" }, deadline: DateTime.UtcNow.AddYears(200))).Text.ShouldBe(
            "far"
        );

    [Fact]
    public async Task Call_LongerThanMayBeSent_FailsHereAndNotThere()
    {
        using var narrow = GrpcChannel.ForAddress(server!.Address, new GrpcChannelOptions { MaxSendMessageSize = 10 });
        var client = new Echo.EchoClient(narrow);
        var ask = new Ask { Text = "eleven bytes" };
        (await FailureOf(client.UnaryAsync(ask).ResponseAsync)).StatusCode.ShouldBe(StatusCode.ResourceExhausted);
        using var duplex = client.Both();
        (await FailureOf(duplex.RequestStream.WriteAsync(ask))).StatusCode.ShouldBe(StatusCode.ResourceExhausted);
    }

    [Fact]
    public async Task Status_WhileTheCallRuns_IsNotThere()
    {
        using var call = Client.Both();
        Should.Throw<InvalidOperationException>(() => call.GetStatus());
        Should.Throw<InvalidOperationException>(() => call.GetTrailers());
        await call.RequestStream.CompleteAsync();
        (await call.ResponseStream.MoveNext()).ShouldBeFalse();
        call.GetStatus().ShouldBe(Status.DefaultSuccess);
    }

    [Fact]
    public async Task Write_ServerHasFailedTheCall_ThrowsItsStatus()
    {
        using var call = Client.Up();
        await call.RequestStream.WriteAsync(new Ask { FailCode = 7, FailMessage = "not you" });
        (await FailureOf(call.ResponseAsync)).StatusCode.ShouldBe(StatusCode.PermissionDenied);
        var failure = await FailureOf(call.RequestStream.WriteAsync(new Ask()));
        failure.StatusCode.ShouldBe(StatusCode.PermissionDenied);
        failure.Status.Detail.ShouldBe("not you");
    }

    [Fact]
    public async Task Write_AfterComplete_IsRefused()
    {
        using var call = Client.Up();
        await call.RequestStream.CompleteAsync();
        await Should.ThrowAsync<InvalidOperationException>(call.RequestStream.WriteAsync(new Ask()));
        (await call).Number.ShouldBe(0u);
    }

    [Fact]
    public async Task Read_WhileOneIsGoingOn_IsRefused()
    {
        using var call = Client.Both();
        var first = call.ResponseStream.MoveNext();
        await Should.ThrowAsync<InvalidOperationException>(call.ResponseStream.MoveNext());
        await call.RequestStream.CompleteAsync();
        (await first).ShouldBeFalse();
    }

    [Fact]
    public async Task Read_TokenCancelled_CancelsTheCall()
    {
        using var stop = new CancellationTokenSource();
        using var call = Client.Both();
        var reading = call.ResponseStream.MoveNext(stop.Token);
        await stop.CancelAsync();
        (await FailureOf(reading)).StatusCode.ShouldBe(StatusCode.Cancelled);
        call.GetStatus().StatusCode.ShouldBe(StatusCode.Cancelled);
    }

    [Fact]
    public async Task Channel_Disposed_CancelsItsCalls()
    {
        using var call = Client.Both();
        await call.RequestStream.WriteAsync(new Ask());
        (await call.ResponseStream.MoveNext()).ShouldBeTrue();
        var reading = call.ResponseStream.MoveNext();
        channel!.Dispose();
        (await FailureOf(reading)).StatusCode.ShouldBe(StatusCode.Cancelled);
        Should.Throw<ObjectDisposedException>(() => Client.UnaryAsync(new Ask()));
    }

    [Fact]
    public async Task Write_Hinted_WaitsForTheNextFlush()
    {
        using var call = Client.Both();
        call.RequestStream.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
        await call.RequestStream.WriteAsync(new Ask { Text = "1" });
        call.RequestStream.WriteOptions = WriteOptions.Default;
        await call.RequestStream.WriteAsync(new Ask { Text = "2" });
        (await call.ResponseStream.MoveNext()).ShouldBeTrue();
        (await call.ResponseStream.MoveNext()).ShouldBeTrue();
        call.ResponseStream.Current.Text.ShouldBe("2");
    }

    private static Task<RpcException> FailureOf(Task call) =>
        Should.ThrowAsync<RpcException>(call.WaitAsync(Limits.CaseWithin));
}
