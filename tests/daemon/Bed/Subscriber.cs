using Grpc.Core;

namespace ClusterRas.Daemon.Tests;

/// <summary>A handler that is connected by a stream.</summary>
internal sealed class Subscriber : IDisposable
{
    private readonly RealNode node;
    private readonly string name;
    private readonly AsyncServerStreamingCall<HandlerCall> calls;

    private Subscriber(RealNode node, SubscribeRequest request)
    {
        this.node = node;
        name = request.Name;
        calls = node.Programs.Subscribe(request);
    }

    /// <summary>Connected when it returns: no call is missed from here on.</summary>
    public static async Task<Subscriber> ConnectAsync(RealNode node, SubscribeRequest request)
    {
        var subscriber = new Subscriber(node, request);
        await subscriber.calls.ResponseHeadersAsync.WaitAsync(RealCluster.Patience);
        return subscriber;
    }

    public async Task<HandlerCall> NextAsync()
    {
        using var patience = new CancellationTokenSource(RealCluster.Patience);
        (await calls.ResponseStream.MoveNext(patience.Token)).ShouldBeTrue("the node has ended the stream");
        return calls.ResponseStream.Current;
    }

    public async Task CompleteAsync(HandlerCall call, HandlerOutcome outcome, ulong result = 0)
    {
        var answer = new CompleteRequest
        {
            Incident = call.Incident,
            Handler = name,
            Outcome = outcome,
            Result = result,
        };
        await node.Programs.CompleteAsync(answer, RealNode.Soon);
    }

    /// <summary>Leaves without a word.</summary>
    public void Dispose() => calls.Dispose();
}
