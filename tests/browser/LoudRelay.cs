using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ClusterRas.Browser.Tests;

/// <summary>Stands between a tab and a node, and says whatever the node's stream says a hundred times as often: each part anew, in its newest form.</summary>
internal sealed class LoudRelay : IAsyncDisposable
{
    /// <summary>A node tells its age once a second, and a changed part at most as often in good order.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);

    private readonly HttpListener door = new();
    private readonly HttpClient http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly CancellationTokenSource stop = new();
    private readonly Uri node;
    private readonly Task serving;
    private long eventCount;

    /// <param name="node">Where the node's page is.</param>
    public LoudRelay(string node)
    {
        this.node = new Uri(node);
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = $"http://{free.LocalEndpoint}/";
        }

        door.Prefixes.Add(Address);
        door.Start();
        serving = ServeAsync();
    }

    public string Address { get; }

    /// <summary>Events that were handed to tabs.</summary>
    public long EventCount => Interlocked.Read(ref eventCount);

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        door.Close();
        await serving;
        http.Dispose();
        stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
            {
                open.Add(AnswerAsync(await door.GetContextAsync()));
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Closed.
        }

        await Task.WhenAll(open);
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            using var answer = await http.GetAsync(
                new Uri(node, context.Request.RawUrl),
                HttpCompletionOption.ResponseHeadersRead,
                stop.Token
            );
            context.Response.StatusCode = (int)answer.StatusCode;
            context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
            await using var from = await answer.Content.ReadAsStreamAsync(stop.Token);
            if (answer.Content.Headers.ContentType?.MediaType == "text/event-stream")
            {
                context.Response.SendChunked = true;
                await RepeatAsync(from, context.Response.OutputStream);
            }
            else
            {
                await from.CopyToAsync(context.Response.OutputStream, stop.Token);
            }

            context.Response.Close();
        }
        catch (Exception e)
            when (e
                    is IOException
                        or HttpRequestException
                        or HttpListenerException
                        or OperationCanceledException
                        or ObjectDisposedException
            )
        {
            // One of the two is gone.
            context.Response.Abort();
        }
    }

    private async Task RepeatAsync(Stream from, Stream to)
    {
        var newest = new ConcurrentDictionary<string, byte[]>();
        var once = new ConcurrentQueue<byte[]>();
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var reading = ReadAsync(from, newest, once, gone.Token);
        using var turn = new PeriodicTimer(Pace);
        try
        {
            while (!reading.IsCompleted && await turn.WaitForNextTickAsync(gone.Token))
            {
                while (once.TryDequeue(out var first))
                {
                    await to.WriteAsync(first, gone.Token);
                }

                foreach (var part in newest.Values)
                {
                    await to.WriteAsync(part, gone.Token);
                    Interlocked.Increment(ref eventCount);
                }

                await to.FlushAsync(gone.Token);
            }
        }
        finally
        {
            await gone.CancelAsync();
            await reading;
        }
    }

    private static async Task ReadAsync(
        Stream from,
        ConcurrentDictionary<string, byte[]> newest,
        ConcurrentQueue<byte[]> once,
        CancellationToken gone
    )
    {
        using var reader = new StreamReader(from);
        var block = new StringBuilder();
        var name = "";
        try
        {
            while (await reader.ReadLineAsync(gone) is { } line)
            {
                block.Append(line).Append('\n');
                if (line.StartsWith("event: ", StringComparison.Ordinal))
                {
                    name = line["event: ".Length..];
                }

                if (line.Length == 0)
                {
                    var bytes = Encoding.UTF8.GetBytes(block.ToString());
                    // What is no state but a happening is said once: a reset, an incident.
                    if (name is "overview" or "links" or "elections" or "topology" or "audit" or "age")
                    {
                        newest[name] = bytes;
                    }
                    else
                    {
                        once.Enqueue(bytes);
                    }

                    block.Clear();
                    name = "";
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The node is gone, or the tab.
        }
    }
}
