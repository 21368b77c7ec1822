using ClusterRas.Wire.V1;
using Grpc.Core;

namespace ClusterRas.Ctl.Asking;

/// <summary>What came of asking at one door: an answer, or why there is none.</summary>
/// <param name="Reached">Null: no answer.</param>
/// <param name="Found">Why there is none; empty with an answer.</param>
internal sealed record Attempt(Door Door, ReachedNode? Reached, string Found)
{
    /// <summary>Asks for the status, which every node gives.</summary>
    public static async Task<Attempt> MakeAsync(Door door, AskPlan plan, CancellationToken stop)
    {
        var channel = ReachedNode.Open(door, plan.Within);
        try
        {
            var options = new CallOptions(cancellationToken: stop);
            var client = new Cluster.ClusterClient(channel);
            var status = await client.GetStatusAsync(new GetStatusRequest(), options).ConfigureAwait(false);
            return new Attempt(door, new ReachedNode(door, channel, status, plan), "");
        }
        catch (RpcException failure)
        {
            channel.Dispose();
            var found = stop.IsCancellationRequested ? FailureWords.NoAnswer : FailureWords.Of(failure);
            return new Attempt(door, null, found);
        }
    }
}
