using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Grpc.Framing;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

/// <summary>One call on the server, from its request headers to its trailers.</summary>
internal sealed class ServerCall : ServerCallContext
{
    private readonly HttpContext http;
    private readonly GrpcServiceOptions options;
    private readonly ILogger log;
    private CancellationTokenSource? deadlineSource;
    private DateTime deadline = DateTime.MaxValue;
    private ResponseSerializer? serializer;
    private Metadata? requestHeaders;
    private Metadata? responseTrailers;
    private int isWriting;
    private bool hasMessages;
    private bool hasEnded;

    public ServerCall(HttpContext http, GrpcServiceOptions options, bool isStream, ILogger log)
    {
        this.http = http;
        this.options = options;
        this.log = log;
        CallStop = http.RequestAborted;
        if (isStream)
        {
            LiftLimits(http);
        }

        http.Response.ContentType = GrpcHeaders.ContentType;
        Requests = new RequestReader(this, http.Request, options.MaxReceiveMessageSize);
    }

    public HttpContext Http => http;

    public RequestReader Requests { get; }

    public CancellationToken CallStop { get; private set; }

    protected override string MethodCore => http.Request.Path.Value ?? "";

    protected override string HostCore => http.Request.Host.Value ?? "";

    protected override string PeerCore => PeerOf(http.Connection);

    protected override DateTime DeadlineCore => deadline;

    protected override CancellationToken CancellationTokenCore => CallStop;

    protected override Metadata RequestHeadersCore => requestHeaders ??= ReadHeaders();

    protected override Metadata ResponseTrailersCore => responseTrailers ??= [];

    protected override Status StatusCore { get; set; }

    protected override WriteOptions? WriteOptionsCore { get; set; }

    private bool IsPastDeadline =>
        deadlineSource is { IsCancellationRequested: true } && !http.RequestAborted.IsCancellationRequested;

    /// <summary>False, and answered, for what is no gRPC over HTTP/2.</summary>
    public static bool IsAcceptable(HttpContext http)
    {
        if (!GrpcHeaders.IsGrpc(http.Request.ContentType))
        {
            http.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return false;
        }

        if (!HttpProtocol.IsHttp2(http.Request.Protocol) && !HttpProtocol.IsHttp3(http.Request.Protocol))
        {
            http.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            http.Response.Headers.Upgrade = "HTTP/2";
            return false;
        }

        return true;
    }

    /// <summary>Starts the clock of the deadline.</summary>
    /// <exception cref="RpcException">grpc-timeout is no timeout.</exception>
    public void Begin()
    {
        if (http.Request.Headers[GrpcHeaders.Timeout] is not [{ } text])
        {
            return;
        }

        if (!TimeoutHeader.TryParse(text, out var timeout))
        {
            throw new RpcException(new Status(StatusCode.Internal, $"\"{text}\" is no grpc-timeout."));
        }

        var now = DateTime.UtcNow;
        if (timeout.TotalMilliseconds >= int.MaxValue)
        {
            // Over 24 days: shown to the handler, but no timer waits for it.
            deadline = timeout < DateTime.MaxValue - now ? now + timeout : DateTime.MaxValue;
            return;
        }

        deadline = now + timeout;
        deadlineSource = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        deadlineSource.CancelAfter((int)Math.Ceiling(timeout.TotalMilliseconds));
        CallStop = deadlineSource.Token;
    }

    public void WriteSingle<T>(T response, Marshaller<T> marshaller)
    {
        if (response is null)
        {
            throw new RpcException(new Status(StatusCode.Cancelled, "The handler returned no message."));
        }

        // The end of the call flushes: headers, message and trailers are one write to the socket.
        Serialize(response, marshaller);
    }

    public async Task WriteAsync<T>(T response, Marshaller<T> marshaller, WriteOptions? writeOptions)
    {
        ArgumentNullException.ThrowIfNull(response);
        if (Interlocked.Exchange(ref isWriting, 1) != 0)
        {
            throw new InvalidOperationException("The previous write has not ended yet.");
        }

        try
        {
            if (Volatile.Read(ref hasEnded))
            {
                throw new InvalidOperationException("The call is complete.");
            }

            CallStop.ThrowIfCancellationRequested();
            Serialize(response, marshaller);
            if (writeOptions is null || !writeOptions.Flags.HasFlag(WriteFlags.BufferHint))
            {
                await http.Response.BodyWriter.FlushAsync(CallStop).ConfigureAwait(false);
                CallStop.ThrowIfCancellationRequested();
            }
        }
        finally
        {
            Volatile.Write(ref isWriting, 0);
        }
    }

    /// <summary>The status of a handler that returned.</summary>
    public Status EndOfHandler() => IsPastDeadline ? DeadlineExceeded : StatusCore;

    /// <summary>The status of a handler that threw.</summary>
    public Status EndOfHandler(Exception failure)
    {
        if (IsPastDeadline)
        {
            return DeadlineExceeded;
        }

        if (failure is RpcException rpc)
        {
            foreach (var entry in rpc.Trailers)
            {
                ResponseTrailers.Add(entry);
            }

            return rpc.Status;
        }

        if (http.RequestAborted.IsCancellationRequested)
        {
            return new Status(StatusCode.Cancelled, "The client went away.");
        }

        log.HandlerFailed(failure, MethodCore);
        var detail = options.EnableDetailedErrors is true
            ? $"The handler failed. {failure.GetType().Name}: {failure.Message}"
            : "The handler failed.";
        return new Status(StatusCode.Unknown, detail, failure);
    }

    /// <summary>Sends status and trailers; without messages before them they are the only headers.</summary>
    public async Task EndAsync(Status status)
    {
        Volatile.Write(ref hasEnded, true);
        if (!http.RequestAborted.IsCancellationRequested)
        {
            var trailers =
                hasMessages || http.Response.HasStarted
                    ? http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers
                    : http.Response.Headers;
            trailers[GrpcHeaders.Status] = ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture);
            if (!string.IsNullOrEmpty(status.Detail))
            {
                trailers[GrpcHeaders.Message] = PercentEncoding.Encode(status.Detail);
            }

            AppendTo(trailers, responseTrailers);
            await http.Response.CompleteAsync().ConfigureAwait(false);
        }

        deadlineSource?.Dispose();
    }

    protected override async Task WriteResponseHeadersAsyncCore(Metadata responseHeaders)
    {
        if (http.Response.HasStarted || hasMessages)
        {
            throw new InvalidOperationException("The response headers have been sent.");
        }

        AppendTo(http.Response.Headers, responseHeaders);
        await http.Response.StartAsync(CallStop).ConfigureAwait(false);
        await http.Response.BodyWriter.FlushAsync(CallStop).ConfigureAwait(false);
    }

    private static Status DeadlineExceeded => new(StatusCode.DeadlineExceeded, "The deadline was exceeded.");

    private void Serialize<T>(T response, Marshaller<T> marshaller)
    {
        var context = serializer ??= new ResponseSerializer(http.Response.BodyWriter, options.MaxSendMessageSize);
        context.Reset();
        try
        {
            marshaller.ContextualSerializer(response, context);
            context.RequireComplete();
        }
        catch when (context.HasStarted)
        {
            // Half a message is in the pipe and cannot be taken back.
            http.Features.Get<IHttpResetFeature>()?.Reset(0x2); // INTERNAL_ERROR
            throw;
        }

        hasMessages = true;
    }

    private Metadata ReadHeaders()
    {
        var metadata = new Metadata();
        foreach (var (name, values) in http.Request.Headers)
        {
            foreach (var value in values)
            {
                MetadataHeaders.Add(metadata, name, value ?? "");
            }
        }

        return metadata;
    }

    private static void AppendTo(IHeaderDictionary headers, Metadata? metadata)
    {
        foreach (var entry in metadata ?? Metadata.Empty)
        {
            headers.Append(entry.Key, MetadataHeaders.ToText(entry));
        }
    }

    private static void LiftLimits(HttpContext http)
    {
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
        {
            rate.MinDataRate = null;
        }

        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = null;
        }
    }

    private static string PeerOf(ConnectionInfo connection) =>
        connection.RemoteIpAddress switch
        {
            null => "unknown",
            { IsIPv4MappedToIPv6: true } mapped => $"ipv4:{mapped.MapToIPv4()}:{connection.RemotePort}",
            { AddressFamily: AddressFamily.InterNetwork } v4 => $"ipv4:{v4}:{connection.RemotePort}",
            var v6 => $"ipv6:[{v6}]:{connection.RemotePort}",
        };
}
