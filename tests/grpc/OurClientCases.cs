using System.Diagnostics;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace ClusterRas.Grpc.Tests;

/// <summary>What our client does with a server of the suite, whatever that is written in.</summary>
/// <param name="echo">Serves Echo.</param>
/// <param name="raw">Answers by hand, see <see cref="RawServer" />.</param>
/// <param name="splitsBinary">
/// False for gRPC's C core: .NET's HTTP client puts equal keys into one header, with commas between, and the C core
/// takes the comma for broken base64. One value for each binary key works everywhere.
/// </param>
public sealed class OurClientCases(Uri echo, Uri raw, bool splitsBinary = true) : IDisposable
{
    private readonly GrpcChannel echoChannel = Channel(echo);
    private readonly GrpcChannel rawChannel = Channel(raw);

    private Echo.EchoClient Client => new(echoChannel);

    public Task RunAsync(string name) =>
        name switch
        {
            "unary" => UnaryAsync(),
            "server streaming" => ServerStreamingAsync(),
            "client streaming" => ClientStreamingAsync(),
            "duplex" => DuplexAsync(),
            "duplex, server first" => ServerFirstAsync(),
            "many calls at once" => ManyAsync(),
            "large message" => LargeAsync(),
            "deadline" => DeadlineAsync(),
            "cancellation" => CancellationAsync(),
            "metadata ascii" => MetadataAsciiAsync(),
            "metadata binary" => MetadataBinaryAsync(),
            "trailers" => TrailersAsync(),
            "error status" => ErrorAsync("no such node"),
            "error text not ascii" => ErrorAsync("Größe 100 % überschritten: 節点"),
            "unknown method" => FailsAsync(
                "clusterras.conformance.Echo/Nothing",
                StatusCode.Unimplemented,
                echoChannel
            ),
            "oversize request" => OversizeRequestAsync(),
            "oversize response" => OversizeResponseAsync(),
            "compressed flag alone" => FailsAsync("raw/CompressedFlag", StatusCode.Internal, rawChannel),
            "unknown encoding" => FailsAsync("raw/UnknownEncoding", StatusCode.Internal, rawChannel),
            "truncated frame" => FailsAsync("raw/Truncated", StatusCode.Internal, rawChannel),
            "trailers-only" => TrailersOnlyAsync(),
            "reset by peer" => FailsAsync("raw/Reset", StatusCode.ResourceExhausted, rawChannel),
            "not gRPC" => NotGrpcAsync(),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "No such case."),
        };

    public void Dispose()
    {
        echoChannel.Dispose();
        rawChannel.Dispose();
    }

    private static GrpcChannel Channel(Uri address) =>
        GrpcChannel.ForAddress(
            address,
            new GrpcChannelOptions { MaxReceiveMessageSize = Limits.MessageBytesMax, MaxSendMessageSize = null }
        );

    private async Task UnaryAsync()
    {
        using var call = Client.UnaryAsync(new Ask { Text = "panic", Data = ByteString.CopyFrom(1, 2, 3) });
        var reply = await call;
        reply.Text.ShouldBe("panic");
        reply.Number.ShouldBe(3u);
        call.GetStatus().StatusCode.ShouldBe(StatusCode.OK);
        (await Client.UnaryAsync(new Ask())).ShouldBe(new Reply());
    }

    private async Task ServerStreamingAsync()
    {
        using var call = Client.Down(new Ask { Text = "d", Count = 100 });
        var numbers = new List<uint>();
        await foreach (var reply in call.ResponseStream.ReadAllAsync())
        {
            numbers.Add(reply.Number);
        }

        numbers.ShouldBe(Enumerable.Range(0, 100).Select(n => (uint)n));
        call.GetStatus().StatusCode.ShouldBe(StatusCode.OK);

        using var empty = Client.Down(new Ask());
        (await empty.ResponseStream.MoveNext()).ShouldBeFalse();
    }

    private async Task ClientStreamingAsync()
    {
        using var call = Client.Up();
        for (uint count = 1; count <= 100; count++)
        {
            await call.RequestStream.WriteAsync(new Ask { Count = count });
        }

        await call.RequestStream.CompleteAsync();
        (await call).Number.ShouldBe(5050u);
    }

    private async Task DuplexAsync()
    {
        using var call = Client.Both();
        for (var turn = 0; turn < 50; turn++)
        {
            await call.RequestStream.WriteAsync(new Ask { Text = $"turn {turn}" });
            (await call.ResponseStream.MoveNext()).ShouldBeTrue();
            call.ResponseStream.Current.Text.ShouldBe($"turn {turn}");
        }

        await call.RequestStream.CompleteAsync();
        (await call.ResponseStream.MoveNext()).ShouldBeFalse();
        await LateHeadersAsync();
    }

    /// <summary>A server that says nothing, not even headers, before it has heard a message.</summary>
    private async Task LateHeadersAsync()
    {
        var method = RawMethods.Named("raw/LateHeaders", MethodType.DuplexStreaming);
        using var call = rawChannel.CreateCallInvoker().AsyncDuplexStreamingCall(method, null, default);
        await call.RequestStream.WriteAsync(new Ask());
        (await call.ResponseStream.MoveNext()).ShouldBeTrue();
        await call.RequestStream.CompleteAsync();
        (await call.ResponseStream.MoveNext()).ShouldBeFalse();
    }

    private async Task ServerFirstAsync()
    {
        using var call = Client.Both(new Metadata { { "x-greet", "1" } });
        (await call.ResponseStream.MoveNext()).ShouldBeTrue();
        call.ResponseStream.Current.Text.ShouldBe("hello");
        await call.RequestStream.CompleteAsync();
        (await call.ResponseStream.MoveNext()).ShouldBeFalse();
    }

    private async Task ManyAsync()
    {
        var calls = Enumerable.Range(0, 200).Select(n => Client.UnaryAsync(new Ask { Text = $"{n}" }).ResponseAsync);
        var replies = await Task.WhenAll(calls);
        replies.Select(reply => reply.Text).ShouldBe(Enumerable.Range(0, 200).Select(n => $"{n}"));
    }

    private async Task LargeAsync()
    {
        var ask = new Ask { Data = ByteString.CopyFrom(new byte[Limits.LargeBytes]), ReplyBytes = Limits.LargeBytes };
        var reply = await Client.UnaryAsync(ask);
        reply.Number.ShouldBe((uint)Limits.LargeBytes);
        reply.Data.Length.ShouldBe(Limits.LargeBytes);
    }

    private async Task DeadlineAsync()
    {
        var key = NewKey();
        var watch = Stopwatch.StartNew();
        // Long enough for the call to be under way at the server when the deadline comes.
        using var call = Client.UnaryAsync(
            new Ask { Text = key, Hang = true },
            deadline: DateTime.UtcNow.AddSeconds(1)
        );
        (await FailureOf(call.ResponseAsync)).StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
        watch.ElapsedMilliseconds.ShouldBeGreaterThanOrEqualTo(999);
        await Client.WasCancelledAsync(new Ask { Text = key });

        using var late = Client.UnaryAsync(new Ask(), deadline: DateTime.UtcNow.AddSeconds(-1));
        (await FailureOf(late.ResponseAsync)).StatusCode.ShouldBe(StatusCode.DeadlineExceeded);

        key = NewKey();
        using var stream = Client.Both(deadline: DateTime.UtcNow.AddSeconds(1));
        await stream.RequestStream.WriteAsync(new Ask { Text = key, Hang = true });
        (await stream.ResponseStream.MoveNext()).ShouldBeTrue();
        (await FailureOf(stream.ResponseStream.MoveNext())).StatusCode.ShouldBe(StatusCode.DeadlineExceeded);
        await Client.WasCancelledAsync(new Ask { Text = key });
    }

    private async Task CancellationAsync()
    {
        var key = NewKey();
        using var stop = new CancellationTokenSource();
        using var stream = Client.Down(
            new Ask
            {
                Text = key,
                Count = 1,
                Hang = true,
            },
            cancellationToken: stop.Token
        );
        (await stream.ResponseStream.MoveNext()).ShouldBeTrue();
        var next = stream.ResponseStream.MoveNext();
        await stop.CancelAsync();
        (await FailureOf(next)).StatusCode.ShouldBe(StatusCode.Cancelled);
        await Client.WasCancelledAsync(new Ask { Text = key });

        // Disposing cancels too, with nobody reading at the time.
        key = NewKey();
        var duplex = Client.Both();
        await duplex.RequestStream.WriteAsync(new Ask { Text = key, Hang = true });
        (await duplex.ResponseStream.MoveNext()).ShouldBeTrue();
        duplex.Dispose();
        await Client.WasCancelledAsync(new Ask { Text = key });
        (await FailureOf(duplex.RequestStream.WriteAsync(new Ask()))).StatusCode.ShouldBe(StatusCode.Cancelled);
    }

    private async Task MetadataAsciiAsync()
    {
        var sent = new Metadata { { "x-ascii", "one" }, { "X-Ascii", "two three" } };
        using var call = Client.UnaryAsync(new Ask(), sent);
        var headers = await call.ResponseHeadersAsync;
        string.Join(", ", headers.GetAll("x-ascii").Select(e => e.Value)).ShouldBe("one, two three");
        await call;
    }

    private async Task MetadataBinaryAsync()
    {
        byte[][] values = splitsBinary
            ?
            [
                [0, 255, 10, 13],
                [1],
                [],
                [1, 2, 3],
            ]
            :
            [
                [0, 255, 10, 13],
            ];
        var sent = new Metadata();
        foreach (var value in values)
        {
            sent.Add("x-data-bin", value);
        }

        using var call = Client.UnaryAsync(new Ask(), sent);
        var headers = await call.ResponseHeadersAsync;
        headers.GetAll("x-data-bin").Select(e => e.ValueBytes).ShouldBe(values);
        await call;
    }

    private async Task TrailersAsync()
    {
        var sent = new Metadata { { "x-ascii", "end" }, { "x-data-bin", [7, 0] } };
        using var call = Client.UnaryAsync(new Ask(), sent);
        await call;
        call.GetTrailers().GetValue("x-trail").ShouldBe("end");
        call.GetTrailers().GetValueBytes("x-trail-bin").ShouldBe([7, 0]);

        using var failing = Client.UnaryAsync(new Ask { FailCode = 9 }, sent);
        var failure = await FailureOf(failing.ResponseAsync);
        failure.Trailers.GetValue("x-trail").ShouldBe("end");
    }

    private async Task ErrorAsync(string text)
    {
        var ask = new Ask
        {
            FailCode = (uint)StatusCode.NotFound,
            FailMessage = text,
            Count = 2,
        };
        var failure = await FailureOf(Client.UnaryAsync(ask).ResponseAsync);
        failure.StatusCode.ShouldBe(StatusCode.NotFound);
        failure.Status.Detail.ShouldBe(text);

        // After messages the status comes in trailers.
        using var stream = Client.Down(ask);
        (await stream.ResponseStream.MoveNext()).ShouldBeTrue();
        (await stream.ResponseStream.MoveNext()).ShouldBeTrue();
        failure = await FailureOf(stream.ResponseStream.MoveNext());
        failure.StatusCode.ShouldBe(StatusCode.NotFound);
        failure.Status.Detail.ShouldBe(text);
    }

    private async Task OversizeRequestAsync()
    {
        var ask = new Ask { Data = ByteString.CopyFrom(new byte[Limits.OversizeBytes]) };
        var failure = await FailureOf(Client.UnaryAsync(ask).ResponseAsync);
        failure.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
    }

    private async Task OversizeResponseAsync()
    {
        var ask = new Ask { ReplyBytes = Limits.OversizeBytes };
        var failure = await FailureOf(Client.UnaryAsync(ask).ResponseAsync);
        failure.StatusCode.ShouldBe(StatusCode.ResourceExhausted);
    }

    private async Task TrailersOnlyAsync()
    {
        var method = RawMethods.Named("raw/TrailersOnly", MethodType.Unary);
        using var call = rawChannel.CreateCallInvoker().AsyncUnaryCall(method, null, default, new Ask());
        var failure = await FailureOf(call.ResponseAsync);
        failure.StatusCode.ShouldBe(StatusCode.FailedPrecondition);
        failure.Status.Detail.ShouldBe("café");
        failure.Trailers.GetValue("x-trail").ShouldBe("t");
    }

    private async Task NotGrpcAsync()
    {
        await FailsAsync("raw/Html", StatusCode.Unknown, rawChannel);
        await FailsAsync("raw/Http503", StatusCode.Unavailable, rawChannel);
        await FailsAsync("raw/NoStatus", StatusCode.Unknown, rawChannel);
    }

    private static async Task FailsAsync(string path, StatusCode expected, GrpcChannel channel)
    {
        var method = RawMethods.Named(path, MethodType.Unary);
        using var call = channel.CreateCallInvoker().AsyncUnaryCall(method, null, default, new Ask());
        (await FailureOf(call.ResponseAsync)).StatusCode.ShouldBe(expected);
    }

    private static Task<RpcException> FailureOf(Task call) => Should.ThrowAsync<RpcException>(call);

    private static string NewKey() => Guid.NewGuid().ToString("N");
}
