using System.Globalization;
using System.Net;
using System.Text.Json;
using ClusterRas.Console.Door;
using ClusterRas.Console.Stream;
using ClusterRas.Console.View;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ClusterRas.Console;

/// <summary>The console of one node: a page and a stream of state, on a server of its own, so that nothing here holds up a link.</summary>
public sealed class ConsoleHost : IAsyncDisposable
{
    /// <summary>Streams at once; each costs a task and a buffer.</summary>
    public const int StreamsMax = 64;

    private readonly ConsoleFeed feed;
    private readonly TimeProvider clock;
    private readonly WebApplication app;
    private readonly PageFiles page = new();
    private readonly Func<IReadOnlySet<string>> hosts;
    private int streams;

    /// <summary>Puts it together; <see cref="StartAsync"/> begins to serve.</summary>
    /// <param name="hosts">Host names and addresses of the cluster's nodes, besides those that are plain addresses.</param>
    public ConsoleHost(
        ConsoleSource source,
        Moments moments,
        Func<IReadOnlySet<string>> hosts,
        TimeProvider clock,
        ILoggerFactory logs
    )
    {
        this.clock = clock;
        this.hosts = hosts;
        feed = new ConsoleFeed(source, moments, clock);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(logs);
        builder.WebHost.UseKestrelCore();
        builder.Services.AddSingleton<IConnectionListenerFactory>(Connections);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = StreamsMax * 4;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Listen(Connections.EndPoint, listen => listen.Protocols = HttpProtocols.Http1);
        });
        app = builder.Build();
        app.Use(Guard);
        app.MapGet("/api/stream", StreamAsync);
        app.MapGet(
            "/api/overview",
            async context =>
                await Json(context, await feed.OverviewAsync().ConfigureAwait(false), ConsoleJson.Default.OverviewView)
                    .ConfigureAwait(false)
        );
        app.MapGet(
            "/api/links",
            async context =>
                await Json(context, await feed.LinksAsync().ConfigureAwait(false), ConsoleJson.Default.LinksView)
                    .ConfigureAwait(false)
        );
        app.MapGet("/api/incidents", IncidentsAsync);
        app.MapGet("/api/incidents/{id}", IncidentAsync);
        app.MapGet("/metrics", MetricsAsync);
        app.MapGet("/{file?}", PageAsync);
    }

    /// <summary>Where connections come in.</summary>
    public HandedConnections Connections { get; } = new();

    /// <summary>Begins to serve.</summary>
    public Task StartAsync(CancellationToken stop) => app.StartAsync(stop);

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        // Streams end with their feed; the server would wait for them.
        using (var soon = new CancellationTokenSource(TimeSpan.FromMilliseconds(100)))
        {
            try
            {
                await app.StopAsync(soon.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // Connections that are still open are aborted by now.
            }
        }

        await feed.DisposeAsync().ConfigureAwait(false);
        await app.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Who may ask: no page of a stranger that got a name to point here, and from another origin only another console.</summary>
    private async Task Guard(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        if (!IsOurs(context.Request.Host.Host))
        {
            context.Response.StatusCode = StatusCodes.Status421MisdirectedRequest;
            await context
                .Response.WriteAsync("This console is served under addresses and names of the cluster's map only.\n")
                .ConfigureAwait(false);
            return;
        }

        if (
            context.Request.Headers.Origin.ToString() is { Length: > 0 } origin
            && Uri.TryCreate(origin, UriKind.Absolute, out var from)
        )
        {
            headers.Vary = "Origin";
            if (hosts().Contains($"{from.Host}:{from.Port.ToString(CultureInfo.InvariantCulture)}"))
            {
                headers.AccessControlAllowOrigin = origin;
            }
        }

        await next(context).ConfigureAwait(false);
    }

    private bool IsOurs(string host) =>
        host is "localhost" || IPAddress.TryParse(host.Trim('[', ']'), out _) || hosts().Contains(host);

    private async Task StreamAsync(HttpContext context)
    {
        if (Interlocked.Increment(ref streams) > StreamsMax)
        {
            Interlocked.Decrement(ref streams);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            await context
                .Response.WriteAsync("Too many pages look at this node; open another one.\n")
                .ConfigureAwait(false);
            return;
        }

        try
        {
            context.Response.ContentType = "text/event-stream";
            // A page that goes on from another node cannot set the header that a browser sets by itself.
            var last = context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } header
                ? header
                : context.Request.Query["last"].ToString();
            await new EventStream(feed, clock)
                .WriteAsync(context.Response.BodyWriter, last, context.RequestAborted)
                .ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or IOException)
        {
            // The reader has gone, or this node ends.
        }
        finally
        {
            Interlocked.Decrement(ref streams);
        }
    }

    private async Task IncidentsAsync(HttpContext context)
    {
        long? before = null;
        if (context.Request.Query.TryGetValue("before", out var text))
        {
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id))
            {
                context.Response.StatusCode = StatusCodes.Status400BadRequest;
                await context.Response.WriteAsync("before is the number of an incident.\n").ConfigureAwait(false);
                return;
            }

            before = id;
        }

        var found = await feed.IncidentsAsync(before).ConfigureAwait(false);
        await Json(context, found, ConsoleJson.Default.IReadOnlyListIncidentSummary).ConfigureAwait(false);
    }

    private async Task IncidentAsync(HttpContext context)
    {
        var found = long.TryParse(
            context.Request.RouteValues["id"] as string,
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var id
        )
            ? await feed.FindAsync(id).ConfigureAwait(false)
            : null;
        if (found is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            await context.Response.WriteAsync("The ledger holds no incident of this number.\n").ConfigureAwait(false);
            return;
        }

        await Json(context, found, ConsoleJson.Default.IncidentView).ConfigureAwait(false);
    }

    private async Task MetricsAsync(HttpContext context)
    {
        var text = await feed.MetricsAsync().ConfigureAwait(false);
        context.Response.ContentType = MetricsText.ContentType;
        await context.Response.WriteAsync(text, context.RequestAborted).ConfigureAwait(false);
    }

    private async Task PageAsync(HttpContext context)
    {
        var name = context.Request.RouteValues["file"] as string ?? "index.html";
        if (!page.IsThere && name == "index.html")
        {
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync(PageFiles.Absence + "\n").ConfigureAwait(false);
            return;
        }

        if (page.Find(name) is not { } file)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = file.Type;
        // Scripts of this origin only; the stream may come from any node.
        context.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src http: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        await context.Response.BodyWriter.WriteAsync(file.Bytes, context.RequestAborted).ConfigureAwait(false);
    }

    private static Task Json<T>(
        HttpContext context,
        T value,
        System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type
    )
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        return JsonSerializer.SerializeAsync(context.Response.Body, value, type, context.RequestAborted);
    }
}
