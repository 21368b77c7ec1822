using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;

namespace ClusterRas.Daemon.Tests;

/// <summary>A span as it came in.</summary>
/// <param name="Trace">Hex digits.</param>
internal sealed record CollectedSpan(string Trace, string Name);

/// <summary>Takes in what is exported by OTLP over HTTP, and reads the fields that tests ask for.</summary>
internal sealed class Collector : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly ConcurrentQueue<CollectedSpan> spans = new();
    private readonly ConcurrentDictionary<string, byte> metrics = new();
    private readonly Task serving;

    public Collector()
    {
        using (var trial = new TcpListener(IPAddress.Loopback, 0))
        {
            trial.Start();
            Endpoint = $"http://{trial.LocalEndpoint}";
        }

        listener.Prefixes.Add(Endpoint + "/");
        listener.Start();
        serving = ServeAsync();
    }

    public string Endpoint { get; }

    public IReadOnlyCollection<CollectedSpan> Spans => spans;

    /// <summary>Names of metrics.</summary>
    public ICollection<string> Metrics => metrics.Keys;

    public void Dispose()
    {
        if (!listener.IsListening)
        {
            return;
        }

        listener.Stop();
        serving.Wait();
        listener.Close();
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception error) when (error is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            var path = context.Request.Url!.AbsolutePath;

            // Request: 1 resource, of which 2 scope, of which 2 span or metric, alike in both.
            foreach (var one in Fields(body.ToArray(), 1).SelectMany(r => Fields(r, 2)).SelectMany(s => Fields(s, 2)))
            {
                if (path == "/v1/traces")
                {
                    spans.Enqueue(
                        new CollectedSpan(Convert.ToHexStringLower(Fields(one, 1).Single()), Text(Fields(one, 5)))
                    );
                }
                else if (path == "/v1/metrics")
                {
                    metrics.TryAdd(Text(Fields(one, 1)), 0);
                }
            }

            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
        }
    }

    private static string Text(IEnumerable<byte[]> fields) => System.Text.Encoding.UTF8.GetString(fields.Single());

    /// <summary>The values of one field of a message that is a message, a text or bytes.</summary>
    private static IEnumerable<byte[]> Fields(byte[] message, int number)
    {
        using var input = new CodedInputStream(message);
        for (var tag = input.ReadTag(); tag != 0; tag = input.ReadTag())
        {
            if (WireFormat.GetTagFieldNumber(tag) == number)
            {
                yield return input.ReadBytes().ToByteArray();
            }
            else
            {
                input.SkipLastField();
            }
        }
    }
}
