namespace ClusterRas.Beds;

/// <summary>One way of one node, in the bed that has no switch: up or cut.</summary>
public sealed class Rail
{
    private TaskCompletionSource? mended;

    /// <summary>Ends when the rail is up, at once if it is.</summary>
    public Task WhenUp() => Volatile.Read(ref mended)?.Task ?? Task.CompletedTask;

    /// <summary>Cuts or mends it.</summary>
    public void Set(bool isUp)
    {
        if (isUp)
        {
            Interlocked.Exchange(ref mended, null)?.SetResult();
        }
        else
        {
            var cut = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Interlocked.CompareExchange(ref mended, cut, null);
        }
    }
}
