using System.Collections.Concurrent;
using System.Threading.Channels;
using ClusterRas.Master.Handlers;
using ClusterRas.Protocol;

namespace ClusterRas.Node.Services;

/// <summary>Calls to subscribers that wait for their <c>Complete</c>.</summary>
internal sealed class SubscribedHandlers
{
    private readonly ConcurrentDictionary<(IncidentId, string), TaskCompletionSource<HandlerResult>> open = new();

    /// <summary>Waits for the answer to one call.</summary>
    public async Task<HandlerResult> WaitAsync(HandlerCall call, CancellationToken stop)
    {
        var answer = new TaskCompletionSource<HandlerResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        open[(call.Incident, call.Handler)] = answer;
        try
        {
            return await answer.Task.WaitAsync(stop).ConfigureAwait(false);
        }
        finally
        {
            open.TryRemove(new((call.Incident, call.Handler), answer));
        }
    }

    /// <summary>An answer has come.</summary>
    /// <returns>False: nobody waits for it (any more); a second answer changes nothing.</returns>
    public bool Complete(IncidentId incident, HandlerResult result) =>
        open.TryRemove((incident, result.Handler), out var waiting) && waiting.TrySetResult(result);
}

/// <summary>A handler that is connected by a gRPC stream.</summary>
internal sealed class SubscribedHandler(HandlerDeclaration declaration, SubscribedHandlers answers) : IHandler
{
    private const int CallsMax = 256;

    private readonly Channel<HandlerCall> calls = Channel.CreateBounded<HandlerCall>(CallsMax);

    /// <inheritdoc />
    public HandlerDeclaration Declaration => declaration;

    /// <summary>What is to be sent to the subscriber.</summary>
    public ChannelReader<HandlerCall> Calls => calls.Reader;

    /// <inheritdoc />
    public async Task<HandlerResult> RunAsync(HandlerCall call, CancellationToken stop)
    {
        var answer = answers.WaitAsync(call, stop);
        if (!calls.Writer.TryWrite(call))
        {
            return new HandlerResult(call.Handler, HandlerOutcome.Failed, 0, "the subscriber does not take its calls");
        }

        return await answer.ConfigureAwait(false);
    }
}
