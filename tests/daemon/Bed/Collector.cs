using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Google.Protobuf;

namespace ClusterRas.Daemon.Tests;

/// <summary>A span as it came in.</summary>
/// <param name="Trace">Hex digits.</param>
/// <param name="Id">Hex digits.</param>
/// <param name="Parent">Hex digits; empty: it has none.</param>
/// <param name="Instance">The <c>service.instance.id</c> of who told it.</param>
internal sealed record CollectedSpan(string Trace, string Id, string Parent, string Name, string Instance);

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

            try
            {
                await TakeAsync(context);
            }
            catch (Exception error) when (error is HttpListenerException or IOException)
            {
                // Who exported is gone.
            }
        }
    }

    private async Task TakeAsync(HttpListenerContext context)
    {
        using var body = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(body);
        var path = context.Request.Url!.AbsolutePath;

        // Request: 1 resource, of which 1 who, 2 scope, of which 2 span or metric, alike in both.
        foreach (var resource in Fields(body.ToArray(), 1))
        {
            var instance = Instance(Fields(resource, 1).Single());
            foreach (var one in Fields(resource, 2).SelectMany(scope => Fields(scope, 2)))
            {
                if (path == "/v1/traces")
                {
                    spans.Enqueue(
                        new CollectedSpan(
                            Hex(Fields(one, 1)),
                            Hex(Fields(one, 2)),
                            Hex(Fields(one, 4)),
                            Text(Fields(one, 5)),
                            instance
                        )
                    );
                }
                else if (path == "/v1/metrics")
                {
                    metrics.TryAdd(Text(Fields(one, 1)), 0);
                }
            }
        }

        context.Response.ContentType = "application/x-protobuf";
        context.Response.Close();
    }

    /// <summary>Of attributes: 1 of them is a pair of 1 key and 2 value, of which 1 is a text.</summary>
    private static string Instance(byte[] resource) =>
        Fields(resource, 1)
            .Where(pair => Text(Fields(pair, 1)) == "service.instance.id")
            .Select(pair => Text(Fields(Fields(pair, 2).Single(), 1)))
            .Single();

    private static string Hex(IEnumerable<byte[]> fields) => Convert.ToHexStringLower(fields.SingleOrDefault() ?? []);

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
