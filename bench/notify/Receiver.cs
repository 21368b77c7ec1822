using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace ClusterRas.NotifyBench;

/// <summary>Where notices go: remembers when each came, on CLOCK_MONOTONIC in ns.</summary>
internal sealed class Receiver : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly ConcurrentDictionary<long, long> arrivals = new();
    private readonly Task serving;

    /// <param name="address">Ends with a slash.</param>
    public Receiver(string address)
    {
        listener.Prefixes.Add(address);
        listener.Start();
        serving = ServeAsync();
    }

    /// <summary>How many incidents it has heard of.</summary>
    public int Count => arrivals.Count;

    /// <summary>When an incident's first notice came; null: it did not.</summary>
    public long? Of(long incident) => arrivals.TryGetValue(incident, out var at) ? at : null;

    public void Dispose()
    {
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

            var at = Stopwatch.GetTimestamp();
            using var body = await JsonDocument.ParseAsync(context.Request.InputStream);
            arrivals.TryAdd(body.RootElement.GetProperty("incident").GetInt64(), at);
            context.Response.Close();
        }
    }
}
