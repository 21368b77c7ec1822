namespace ClusterRas.Transport;

/// <summary>What must have ended before the transport has.</summary>
public sealed class RunningTasks
{
    private readonly Lock gate = new();
    private readonly HashSet<Task> tasks = [];

    /// <summary>How many run.</summary>
    public int Count
    {
        get
        {
            lock (gate)
            {
                return tasks.Count;
            }
        }
    }

    /// <summary>From now on the end waits for this one too.</summary>
    public void Add(Task task)
    {
        lock (gate)
        {
            tasks.Add(task);
        }

        // One that failed stays, so that disposing says so.
        _ = task.ContinueWith(
            Remove,
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
    }

    /// <summary>Until none runs. Fails if one has failed, which only a sink can cause.</summary>
    public async Task WhenEndedAsync()
    {
        while (true)
        {
            Task[] left;
            lock (gate)
            {
                tasks.RemoveWhere(task => task.IsCompletedSuccessfully);
                left = [.. tasks];
            }

            if (left.Length == 0)
            {
                return;
            }

            await Task.WhenAll(left).ConfigureAwait(false);
        }
    }

    private void Remove(Task task)
    {
        lock (gate)
        {
            tasks.Remove(task);
        }
    }
}
