using Grpc.Core;
using Grpc.Framing;

namespace Grpc.Net.Client;

/// <summary>One call with its messages; for streams also the reader of the responses.</summary>
internal sealed class ClientCall<TRequest, TResponse>(
    GrpcChannel channel,
    Method<TRequest, TResponse> method,
    CallOptions options
) : ClientCall(channel, method, options), IAsyncStreamReader<TResponse>
    where TRequest : class
    where TResponse : class
{
    private StreamingRequest<TRequest>? requests;
    private Task<ResponseReader?>? opened;
    private Task? response;
    private TResponse? current;
    private int isReading;

    public TResponse Current => current ?? throw new InvalidOperationException("There is no current message.");

    public SingleRequest<TRequest> Single(TRequest request) =>
        new(request, method.RequestMarshaller, Channel.SendLengthMax);

    public StreamingRequest<TRequest> Many()
    {
        requests = new StreamingRequest<TRequest>(this, method.RequestMarshaller, Channel.SendLengthMax, SettledAsync);
        if (HasEnded)
        {
            requests.Abort();
        }

        return requests;
    }

    /// <summary>Starts a call whose responses are a stream.</summary>
    public void Open(HttpContent content)
    {
        opened = SendAsync(content);
        // Who never reads does not have to see how the call ended.
        _ = opened.ContinueWith(
            static task => task.Exception,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
    }

    /// <summary>Runs a call that has one response.</summary>
    public Task<TResponse> SingleAsync(HttpContent content)
    {
        var running = ReadSingleAsync(content);
        response = running;
        return running;
    }

    public Task<bool> MoveNext(CancellationToken cancellationToken) =>
        Interlocked.Exchange(ref isReading, 1) == 0
            ? ReadNextAsync(cancellationToken)
            : Task.FromException<bool>(new InvalidOperationException("The previous read has not ended yet."));

    protected override void OnEnded() => requests?.Abort();

    private async Task<TResponse> ReadSingleAsync(HttpContent content)
    {
        try
        {
            TResponse? message = null;
            if (await SendAsync(content).ConfigureAwait(false) is { } reader)
            {
                using (reader)
                {
                    while (await reader.MoveNextAsync(Stop).ConfigureAwait(false))
                    {
                        message = message is null ? Deserialize(reader) : throw Broken("more than one message");
                    }
                }

                EndWithTrailers();
            }

            RequireOk();
            return message ?? throw new RpcException(NoMessage);
        }
        catch (Exception failure) when (failure is not RpcException || !HasEnded)
        {
            throw Fail(failure);
        }
    }

    private async Task<bool> ReadNextAsync(CancellationToken cancellationToken)
    {
        var cancelled = cancellationToken.UnsafeRegister(
            static call => ((ClientCall)call!).Cancel("The call was cancelled while reading."),
            this
        );
        try
        {
            if (!HasEnded && await opened!.ConfigureAwait(false) is { } reader)
            {
                if (await reader.MoveNextAsync(Stop).ConfigureAwait(false))
                {
                    current = Deserialize(reader);
                    return true;
                }

                EndWithTrailers();
                reader.Dispose();
            }

            current = null;
            RequireOk();
            return false;
        }
        catch (Exception failure) when (failure is not RpcException || !HasEnded)
        {
            throw Fail(failure);
        }
        finally
        {
            cancelled.Unregister();
            Volatile.Write(ref isReading, 0);
        }
    }

    /// <summary>Waits until it is known why the server no longer takes requests, as far as that needs no reader.</summary>
    private async Task SettledAsync()
    {
        if ((response ?? opened) is { } task)
        {
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private TResponse Deserialize(ResponseReader reader)
    {
        try
        {
            return method.ResponseMarshaller.ContextualDeserializer(reader) ?? throw Broken("a null message");
        }
        catch (Exception failure) when (failure is not RpcException)
        {
            throw new RpcException(
                new Status(StatusCode.Internal, $"The response cannot be deserialized: {failure.Message}", failure)
            );
        }
    }

    private static Status NoMessage => new(StatusCode.Internal, "The call ended with OK but without a message.");

    private static RpcException Broken(string what) => new(new Status(StatusCode.Internal, $"The response is {what}."));
}
