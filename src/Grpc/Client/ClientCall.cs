using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Grpc.Framing;

namespace Grpc.Net.Client;

/// <summary>
/// The life of one call on the client: it ends once, by the server's word, its deadline, its token, or a failure,
/// whichever comes first.
/// </summary>
internal abstract class ClientCall : IDisposable
{
    // A timer takes at most 2^32 - 2 ms; a longer deadline is waited for in pieces.
    private static readonly TimeSpan TimerMax = TimeSpan.FromDays(40);

    private readonly GrpcChannel channel;
    private readonly IMethod method;
    private readonly CallOptions options;
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource<Metadata> headers = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long startedAt = Stopwatch.GetTimestamp();
    private readonly TimeSpan? timeout;
    private CancellationTokenRegistration callerCancelled;
    private CancellationTokenRegistration channelDisposed;
    private Timer? deadline;
    private HttpResponseMessage? response;
    private Outcome? outcome;

    protected ClientCall(GrpcChannel channel, IMethod method, CallOptions options)
    {
        this.channel = channel;
        this.method = method;
        this.options = options;
        ObjectDisposedException.ThrowIf(channel.Disposed.IsCancellationRequested, channel);
        timeout = TimeoutOf(options.Deadline);
        Stop = stop.Token;
        Arm();
    }

    /// <summary>Cancelled when the call ends in any way but by the server's word.</summary>
    public CancellationToken Stop { get; }

    public WriteOptions? WriteOptions => options.WriteOptions;

    public Task<Metadata> HeadersAsync => headers.Task;

    public bool HasEnded => Volatile.Read(ref outcome) is not null;

    protected GrpcChannel Channel => channel;

    private Outcome Ended =>
        Volatile.Read(ref outcome) ?? throw new InvalidOperationException("The call has not ended yet.");

    public Status GetStatus() => Ended.Status;

    public Metadata GetTrailers() => Ended.Trailers;

    public void Dispose() => Cancel("The call was disposed.");

    public void Cancel(string detail) => End(new Status(StatusCode.Cancelled, detail));

    /// <summary>Throws unless the call ended with OK.</summary>
    public void RequireOk()
    {
        if (Ended.Status.StatusCode != StatusCode.OK)
        {
            throw Failure();
        }
    }

    /// <summary>Ends the call because of an exception, unless it has ended; the exception to throw.</summary>
    public RpcException Fail(Exception failure)
    {
        if (!HasEnded)
        {
            var status = HttpFailure.FromException(failure);
            // The server's clock may be a little ahead of our timer: its reset at the deadline is the deadline.
            End(status.StatusCode == StatusCode.Cancelled && IsPastDeadline ? DeadlineExceeded(failure) : status);
        }

        return Failure();
    }

    public RpcException Failure() => new(Ended.Status, Ended.Trailers);

    /// <summary>Called once, when the call has ended.</summary>
    protected abstract void OnEnded();

    /// <summary>Sends the request; null: the call ended with the response headers.</summary>
    protected async Task<ResponseReader?> SendAsync(HttpContent content)
    {
        try
        {
            if (HasEnded)
            {
                throw Failure();
            }

            var answer = await channel.Http.SendAsync(NewRequest(content), Stop).ConfigureAwait(false);
            Volatile.Write(ref response, answer);
            if (HasEnded)
            {
                answer.Dispose();
                throw Failure();
            }

            if (EndsWithHeaders(answer))
            {
                headers.TrySetResult([]);
                return null;
            }

            headers.TrySetResult(Received(answer.Headers));
            var encoding = First(answer.Headers, GrpcHeaders.Encoding);
            var body = await answer.Content.ReadAsStreamAsync(Stop).ConfigureAwait(false);
            return new ResponseReader(body, encoding, channel.ReceiveLengthMax);
        }
        catch (Exception failure)
        {
            throw Fail(failure);
        }
    }

    /// <summary>Ends the call by what the trailers say; the response must have been read to its end.</summary>
    protected void EndWithTrailers()
    {
        var trailers = response!.TrailingHeaders;
        End(
            First(trailers, GrpcHeaders.Status) is { } code
                ? StatusOf(code, trailers)
                : new Status(StatusCode.Unknown, "The response ended without a grpc-status."),
            Received(trailers)
        );
    }

    protected bool End(Status status, Metadata? trailers = null)
    {
        if (Interlocked.CompareExchange(ref outcome, new Outcome(status, trailers ?? []), null) is not null)
        {
            return false;
        }

        Disarm();
        OnEnded();
        if (trailers is null)
        {
            // Not the server's word: it must hear that nobody listens any more.
            stop.Cancel();
        }

        Volatile.Read(ref response)?.Dispose();
        if (!headers.Task.IsCompleted && headers.TrySetException(Failure()))
        {
            // Nobody has to ask for headers, and then nobody sees that they never came.
            _ = headers.Task.Exception;
        }

        return true;
    }

    private bool IsPastDeadline => timeout is { } limit && Stopwatch.GetElapsedTime(startedAt) >= limit;

    private static TimeSpan? TimeoutOf(DateTime? deadline)
    {
        if (deadline is not { } at || at == DateTime.MaxValue)
        {
            return null;
        }

        if (at != DateTime.MinValue && at.Kind != DateTimeKind.Utc)
        {
            throw new InvalidOperationException("A deadline must be UTC, DateTime.MaxValue or DateTime.MinValue.");
        }

        var left = at - DateTime.UtcNow;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void Arm()
    {
        if (timeout == TimeSpan.Zero)
        {
            End(DeadlineExceeded(null));
            return;
        }

        channelDisposed = channel.Disposed.UnsafeRegister(
            static call => ((ClientCall)call!).Cancel("The channel was disposed."),
            this
        );
        callerCancelled = options.CancellationToken.UnsafeRegister(
            static call => ((ClientCall)call!).Cancel("The call was cancelled by the client."),
            this
        );
        if (timeout is not null)
        {
            deadline = new Timer(static call => ((ClientCall)call!).OnDeadline(), this, TimerMax, TimerMax);
            OnDeadline();
        }

        if (HasEnded)
        {
            Disarm();
        }
    }

    private void OnDeadline()
    {
        if (timeout is not { } limit || HasEnded)
        {
            return;
        }

        var left = limit - Stopwatch.GetElapsedTime(startedAt);
        if (left <= TimeSpan.Zero)
        {
            End(DeadlineExceeded(null));
            return;
        }

        // Timers count whole milliseconds; rounded up, a deadline is never early.
        var wait = left < TimerMax ? TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds)) : TimerMax;
        Volatile.Read(ref deadline)?.Change(wait, TimerMax);
    }

    private void Disarm()
    {
        // Unregister, not Dispose: Dispose would wait for a callback that may be waiting for us.
        callerCancelled.Unregister();
        channelDisposed.Unregister();
        Volatile.Read(ref deadline)?.Dispose();
    }

    private static Status DeadlineExceeded(Exception? failure) =>
        new(StatusCode.DeadlineExceeded, "The deadline was exceeded.", failure);

    private HttpRequestMessage NewRequest(HttpContent content)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, channel.PathOf(method))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        content.Headers.TryAddWithoutValidation("Content-Type", GrpcHeaders.ContentType);
        request.Headers.TryAddWithoutValidation("te", "trailers");
        request.Headers.TryAddWithoutValidation(GrpcHeaders.AcceptEncoding, GrpcHeaders.Identity);
        if (timeout is { } limit)
        {
            var left = limit - Stopwatch.GetElapsedTime(startedAt);
            request.Headers.TryAddWithoutValidation(GrpcHeaders.Timeout, TimeoutHeader.Encode(left));
        }

        MetadataHeaders.AddTo(request.Headers, options.Headers);

        return request;
    }

    /// <summary>True where there is nothing to read: no gRPC at all, or status and trailers in one block.</summary>
    private bool EndsWithHeaders(HttpResponseMessage answer)
    {
        if (First(answer.Headers, GrpcHeaders.Status) is { } code)
        {
            End(StatusOf(code, answer.Headers), Received(answer.Headers));
        }
        else if (answer.StatusCode != HttpStatusCode.OK)
        {
            var detail = $"The server answered with HTTP status {(int)answer.StatusCode}.";
            End(new Status(HttpFailure.FromHttp(answer.StatusCode), detail));
        }
        else if (!GrpcHeaders.IsGrpc(First(answer.Content.Headers, "Content-Type")))
        {
            var type = First(answer.Content.Headers, "Content-Type");
            End(new Status(StatusCode.Unknown, $"The server answered with content type \"{type}\", not gRPC."));
        }

        return HasEnded;
    }

    private static Status StatusOf(string code, HttpHeaders from) =>
        new(GrpcHeaders.ParseStatus(code), PercentEncoding.Decode(First(from, GrpcHeaders.Message) ?? ""));

    private static string? First(HttpHeaders headers, string name)
    {
        if (headers.NonValidated.TryGetValues(name, out var values))
        {
            foreach (var value in values)
            {
                return value;
            }
        }

        return null;
    }

    private static Metadata Received(HttpHeaders headers)
    {
        var metadata = new Metadata();
        foreach (var (name, values) in headers.NonValidated)
        {
            foreach (var value in values)
            {
                MetadataHeaders.Add(metadata, name, value);
            }
        }

        return metadata;
    }

    private sealed record Outcome(Status Status, Metadata Trailers);
}
