using System.Net;
using Grpc.Core;
using Grpc.Net.Client;

namespace ClusterRas.Grpc.Tests;

/// <summary>Requests that no gRPC client makes, sent to our server with a bare HTTP/2 client.</summary>
public sealed class RawClientCases(Uri echo) : IDisposable
{
    private readonly HttpClient http = new(new SocketsHttpHandler { UseProxy = false })
    {
        BaseAddress = echo,
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public async Task<bool> RunAsync(string name)
    {
        switch (name)
        {
            case "compressed flag alone":
                (await StatusAsync([1, 0, 0, 0, 0])).ShouldBe("13");
                return true;
            case "truncated frame":
                (await StatusAsync([0, 0, 0, 0, 10, 1, 2, 3])).ShouldBe("13");
                (await StatusAsync([0, 0, 0])).ShouldBe("13");
                return true;
            case "unknown encoding":
                using (var answer = await PostAsync([1, 0, 0, 0, 1, 0], encoding: "br"))
                {
                    Header(answer, "grpc-status").ShouldBe("12");
                    Header(answer, "grpc-accept-encoding").ShouldBe("identity");
                }

                return true;
            case "trailers-only":
                // fail_code = 9
                using (var answer = await PostAsync([0, 0, 0, 0, 2, 0x18, 9]))
                {
                    Header(answer, "grpc-status").ShouldBe("9");
                    (await answer.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
                    answer.TrailingHeaders.ShouldBeEmpty();
                }

                return true;
            case "reset by peer":
                await ResetAsync();
                return true;
            case "not gRPC":
                using (var answer = await PostAsync([0, 0, 0, 0, 0], contentType: "text/plain"))
                {
                    answer.StatusCode.ShouldBe(HttpStatusCode.UnsupportedMediaType);
                }

                return true;
            default:
                return false;
        }
    }

    public void Dispose() => http.Dispose();

    private async Task ResetAsync()
    {
        // text = "reset", count = 1, hang = true; the reply says that the handler runs.
        byte[] ask = [0, 0, 0, 0, 11, 0x0a, 5, .. "reset"u8, 0x10, 1, 0x30, 1];
        using (var answer = await PostAsync(ask, method: "Down"))
        {
            await using var body = await answer.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[5]);
        }

        using var channel = GrpcChannel.ForAddress(http.BaseAddress!);
        await new Echo.EchoClient(channel).WasCancelledAsync(new Ask { Text = "reset" });
    }

    private async Task<string?> StatusAsync(byte[] body)
    {
        using var answer = await PostAsync(body);
        return Header(answer, "grpc-status");
    }

    private async Task<HttpResponseMessage> PostAsync(
        byte[] body,
        string contentType = "application/grpc",
        string? encoding = null,
        string method = "Unary"
    )
    {
        using var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/clusterras.conformance.Echo/{method}")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TryAddWithoutValidation("te", "trailers");
        if (encoding is not null)
        {
            request.Headers.TryAddWithoutValidation("grpc-encoding", encoding);
        }

        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? values.Single() : null;
}
