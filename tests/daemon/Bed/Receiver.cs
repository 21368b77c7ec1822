using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace ClusterRas.Daemon.Tests;

/// <summary>A notification as it came in.</summary>
/// <param name="Path">Of the address.</param>
/// <param name="Key">The same for every attempt.</param>
/// <param name="Token">Empty: none came.</param>
internal sealed record Received(string Path, string Key, int Attempt, string Token, JsonElement Body);

/// <summary>Takes in what webhooks are told, and answers as a test wants it.</summary>
internal sealed class Receiver : IDisposable
{
    private readonly HttpListener listener = new();
    private readonly ConcurrentQueue<Received> all = new();
    private readonly Task serving;

    public Receiver()
    {
        using (var trial = new TcpListener(IPAddress.Loopback, 0))
        {
            trial.Start();
            Address = $"http://{trial.LocalEndpoint}";
        }

        listener.Prefixes.Add(Address + "/");
        listener.Start();
        serving = ServeAsync();
    }

    public string Address { get; }

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyCollection<Received> All => all;

    /// <summary>Called with each, before it is answered; the status of the answer.</summary>
    public Func<Received, int> Answer { get; set; } = _ => 200;

    public IEnumerable<Received> At(string path) => all.Where(one => one.Path == path);

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

            try
            {
                await TakeAsync(context);
            }
            catch (Exception error) when (error is HttpListenerException or IOException)
            {
                // Who asked is gone.
            }
        }
    }

    private async Task TakeAsync(HttpListenerContext context)
    {
        var request = context.Request;
        using var body = await JsonDocument.ParseAsync(request.InputStream);
        var received = new Received(
            request.Url!.AbsolutePath,
            request.Headers["Idempotency-Key"] ?? "",
            int.Parse(request.Headers["Clusterras-Attempt"] ?? "0", CultureInfo.InvariantCulture),
            request.Headers["Authorization"] ?? "",
            body.RootElement.Clone()
        );
        all.Enqueue(received);
        context.Response.StatusCode = Answer(received);
        context.Response.Close();
    }
}
