using ClusterRas.Protocol;

namespace ClusterRas.Node;

/// <summary>What this node knows, for whoever watches: read from the loop when something has changed, at most 20 times a second.</summary>
internal sealed class StatusFeed(NodeLoop loop)
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    private readonly Lock gate = new();
    private TaskCompletionSource changed = Fresh();

    /// <summary>The state now, from between two steps.</summary>
    public Task<NodeStatus> ReadAsync() => loop.AskAsync((machine, now) => machine.Status(now));

    /// <summary>What this node has left, for operators who recover a cluster.</summary>
    public Task<SurvivorState> ReadSurvivorAsync() => loop.AskAsync((machine, now) => machine.Survivor(now));

    /// <summary>Something may look different now; from any thread.</summary>
    public void Touch()
    {
        TaskCompletionSource waiting;
        lock (gate)
        {
            waiting = changed;
            changed = Fresh();
        }

        waiting.TrySetResult();
    }

    /// <summary>Done when something may look different from now on.</summary>
    public Task ChangedAsync()
    {
        lock (gate)
        {
            return changed.Task;
        }
    }

    /// <summary>The state now, and then whenever it has changed.</summary>
    public async IAsyncEnumerable<NodeStatus> WatchAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop
    )
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                next = changed.Task;
            }

            yield return await ReadAsync().WaitAsync(stop).ConfigureAwait(false);
            await next.WaitAsync(stop).ConfigureAwait(false);
            await Task.Delay(Pace, stop).ConfigureAwait(false);
        }
    }

    private static TaskCompletionSource Fresh() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
