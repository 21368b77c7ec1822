using System.Buffers.Binary;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DotNet.Testcontainers.Containers;

/// <summary>The Docker engine that DOCKER_HOST names, by its HTTP API on a unix socket.</summary>
internal static class Engine
{
    private const string Variable = "DOCKER_HOST";
    private const string Scheme = "unix://";
    private const int HeaderLength = 8;
    private static readonly JsonSerializerOptions Json = new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
    private static readonly HttpClient Client = Open();

    /// <summary>Asks, and throws what the engine says if it refuses.</summary>
    public static async Task<JsonElement> AskAsync(HttpMethod method, string path, object? body, CancellationToken stop)
    {
        using var reply = await SendAsync(method, path, body, stop);
        var text = await reply.Content.ReadAsStringAsync(stop);
        return text.Length == 0 || text[0] is not ('{' or '[') ? default : JsonDocument.Parse(text).RootElement;
    }

    /// <summary>Both outputs of a program: frames with a stream's number, three zeros and a length before each.</summary>
    public static async Task<(string Stdout, string Stderr)> ReadAsync(
        HttpMethod method,
        string path,
        object? body,
        CancellationToken stop
    )
    {
        using var reply = await SendAsync(method, path, body, stop);
        ReadOnlyMemory<byte> rest = await reply.Content.ReadAsByteArrayAsync(stop);
        var texts = new[] { new MemoryStream(), new MemoryStream() };
        while (rest.Length >= HeaderLength)
        {
            var length = (int)BinaryPrimitives.ReadUInt32BigEndian(rest.Span[4..]);
            texts[rest.Span[0] == 2 ? 1 : 0].Write(rest.Span.Slice(HeaderLength, length));
            rest = rest[(HeaderLength + length)..];
        }

        return (Encoding.UTF8.GetString(texts[0].ToArray()), Encoding.UTF8.GetString(texts[1].ToArray()));
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        object? body,
        CancellationToken stop
    )
    {
        using var request = new HttpRequestMessage(method, path);
        request.Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: Json);
        if (request.Content is { } content)
        {
            // The engine reads no chunks from this client without a length.
            await content.LoadIntoBufferAsync(stop);
        }

        var reply = await Client.SendAsync(request, stop);
        if (reply.IsSuccessStatusCode)
        {
            return reply;
        }

        using (reply)
        {
            throw new InvalidOperationException(
                $"the Docker engine refuses {method} {path}: {(int)reply.StatusCode} {await reply.Content.ReadAsStringAsync(stop)}"
            );
        }
    }

    private static HttpClient Open()
    {
        var said = Environment.GetEnvironmentVariable(Variable);
        if (said?.StartsWith(Scheme, StringComparison.Ordinal) != true)
        {
            throw new InvalidOperationException(
                $"no Docker engine: {Variable} is \"{said}\"; expected {Scheme}PATH; ./x containers starts one"
            );
        }

        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, stop) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(said[Scheme.Length..]), stop);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        return new HttpClient(handler) { BaseAddress = new Uri("http://docker/v1.41/") };
    }
}
