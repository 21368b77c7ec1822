using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ClusterRas.Grpc.Tests;

/// <summary>Answers that no gRPC server gives, on bare Kestrel.</summary>
public static class RawServer
{
    public static Task<OurServer> StartAsync() => OurServer.RawAsync(AnswerAsync);

    private static async Task AnswerAsync(HttpContext http)
    {
        var response = http.Response;
        response.ContentType = "application/grpc";
        switch (http.Request.Path.Value)
        {
            case "/raw/CompressedFlag":
                await BodyAsync(response, [1, 0, 0, 0, 0]);
                break;
            case "/raw/UnknownEncoding":
                response.Headers["grpc-encoding"] = "br";
                await BodyAsync(response, [1, 0, 0, 0, 1, 0]);
                break;
            case "/raw/Truncated":
                await BodyAsync(response, [0, 0, 0, 0, 16, 1, 2, 3, 4]);
                break;
            case "/raw/TrailersOnly":
                response.Headers["grpc-status"] = "9";
                response.Headers["grpc-message"] = "caf%C3%A9";
                response.Headers["x-trail"] = "t";
                break;
            case "/raw/Reset":
                await response.Body.FlushAsync();
                http.Features.GetRequiredFeature<IHttpResetFeature>().Reset(0xb);
                break;
            case "/raw/Html":
                response.ContentType = "text/html";
                await response.WriteAsync("<p>hello</p>");
                break;
            case "/raw/Http503":
                response.StatusCode = 503;
                response.ContentType = "text/plain";
                await response.WriteAsync("busy");
                break;
            case "/raw/NoStatus":
                await response.Body.WriteAsync(new byte[5]);
                break;
            case "/raw/LateHeaders":
                await http.Request.Body.ReadExactlyAsync(new byte[5]);
                await BodyAsync(response, new byte[5]);
                break;
        }
    }

    private static async Task BodyAsync(HttpResponse response, byte[] body)
    {
        await response.Body.WriteAsync(body);
        response.AppendTrailer("grpc-status", "0");
    }
}
