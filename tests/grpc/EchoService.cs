using System.Collections.Concurrent;
using Google.Protobuf;
using Grpc.Core;

namespace ClusterRas.Grpc.Tests;

/// <summary>Our server of the suite; the servers in other languages do the same.</summary>
public sealed class EchoService(Cancellations cancellations) : Echo.EchoBase
{
    public override async Task<Reply> Unary(Ask request, ServerCallContext context)
    {
        await EchoMetadataAsync(context);
        Watch(request, context);
        await EndAsync(request, context);
        return ReplyTo(request, request.Data.Length);
    }

    public override async Task Down(Ask request, IServerStreamWriter<Reply> responseStream, ServerCallContext context)
    {
        await EchoMetadataAsync(context);
        Watch(request, context);
        for (var number = 0; number < request.Count; number++)
        {
            await responseStream.WriteAsync(ReplyTo(request, number));
        }

        await EndAsync(request, context);
    }

    public override async Task<Reply> Up(IAsyncStreamReader<Ask> requestStream, ServerCallContext context)
    {
        var sum = 0;
        var text = "";
        while (await requestStream.MoveNext())
        {
            sum += (int)requestStream.Current.Count;
            text += requestStream.Current.Text;
            await EndAsync(requestStream.Current, context);
        }

        return ReplyTo(new Ask { Text = text }, sum);
    }

    public override async Task Both(
        IAsyncStreamReader<Ask> requestStream,
        IServerStreamWriter<Reply> responseStream,
        ServerCallContext context
    )
    {
        await EchoMetadataAsync(context);
        if (context.RequestHeaders.Get("x-greet") is not null)
        {
            await responseStream.WriteAsync(new Reply { Text = "hello" });
        }

        await foreach (var ask in requestStream.ReadAllAsync())
        {
            Watch(ask, context);
            await responseStream.WriteAsync(ReplyTo(ask, ask.Data.Length));
            await EndAsync(ask, context);
        }
    }

    public override async Task<Reply> WasCancelled(Ask request, ServerCallContext context)
    {
        await cancellations.SeenAsync(request.Text).WaitAsync(context.CancellationToken);
        return ReplyTo(request, 0);
    }

    private static Reply ReplyTo(Ask ask, int number) =>
        new()
        {
            Text = ask.Text,
            Number = (uint)number,
            Data = ByteString.CopyFrom(new byte[ask.ReplyBytes]),
        };

    /// <summary>Before the first reply: a client may cancel as soon as it has that, and then the write throws.</summary>
    private void Watch(Ask ask, ServerCallContext context)
    {
        if (ask.Hang)
        {
            context.CancellationToken.Register(() => cancellations.Note(ask.Text));
        }
    }

    private static async Task EndAsync(Ask ask, ServerCallContext context)
    {
        if (ask.Hang)
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        }

        if (ask.FailCode != 0)
        {
            throw new RpcException(new Status((StatusCode)ask.FailCode, ask.FailMessage));
        }
    }

    private static async Task EchoMetadataAsync(ServerCallContext context)
    {
        var headers = new Metadata();
        foreach (var entry in context.RequestHeaders)
        {
            switch (entry.Key)
            {
                case "x-ascii":
                    headers.Add("x-ascii", entry.Value);
                    context.ResponseTrailers.Add("x-trail", entry.Value);
                    break;
                case "x-data-bin":
                    headers.Add("x-data-bin", entry.ValueBytes);
                    context.ResponseTrailers.Add("x-trail-bin", entry.ValueBytes);
                    break;
            }
        }

        if (headers.Count > 0)
        {
            await context.WriteResponseHeadersAsync(headers);
        }
    }
}

/// <summary>Which hanging calls have been seen to be cancelled.</summary>
public sealed class Cancellations
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> seen = new();

    public void Note(string text) => Of(text).TrySetResult();

    public Task SeenAsync(string text) => Of(text).Task;

    private TaskCompletionSource Of(string text) =>
        seen.GetOrAdd(text, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
}
