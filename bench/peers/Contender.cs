using ClusterRas.Protocol;

namespace ClusterRas.PeersBench;

/// <summary>A cluster program with one way of setting it up, running on the nodes of the bed.</summary>
internal abstract class Contender : IAsyncDisposable
{
    /// <summary>With its version.</summary>
    public abstract string Name { get; }

    /// <summary>How it is set up, for the table.</summary>
    public abstract string Settings { get; }

    public abstract int NodeCount { get; }

    /// <summary>Declares nodes gone, so that detection can be timed.</summary>
    public virtual bool Detects => true;

    /// <summary>Has a leader and takes writes, so that failover can be timed.</summary>
    public virtual bool FailsOver => false;

    /// <summary>What one trial takes with all that it needs afterwards; for the total that is said beforehand.</summary>
    public abstract TimeSpan TrialTakes { get; }

    /// <summary>No more trials of each kill than this.</summary>
    public virtual int TrialsMax => int.MaxValue;

    /// <summary>Starts it on all its nodes and waits until they are one cluster.</summary>
    public abstract Task StartAsync(CancellationToken stop);

    /// <summary>Its processes.</summary>
    public abstract IReadOnlyList<int> ProcessIds { get; }

    /// <summary>Nodes declared gone so far, by the node that declared most; of a leader's followers: terms.</summary>
    public abstract Task<int> DeclarationsAsync(CancellationToken stop);

    /// <summary>Ends a node and waits until all others know.</summary>
    /// <returns>Null: some did not within a time that is long for it.</returns>
    public virtual Task<Detection?> DetectAsync(Kill kill, Prng prng, CancellationToken stop) =>
        throw new NotSupportedException();

    /// <summary>Ends the leader and writes at a survivor until a write is accepted.</summary>
    /// <returns>From the end; null: not within a time that is long for it.</returns>
    public virtual Task<TimeSpan?> FailOverAsync(Kill kill, Prng prng, CancellationToken stop) =>
        throw new NotSupportedException();

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();

    /// <summary>Waits until it is so.</summary>
    protected static async Task UntilAsync(string what, TimeSpan limit, Func<Task<bool>> probe, CancellationToken stop)
    {
        var start = System.Diagnostics.Stopwatch.GetTimestamp();
        while (!await probe())
        {
            if (System.Diagnostics.Stopwatch.GetElapsedTime(start) > limit)
            {
                throw new BedFailedException($"{what}: not within {limit.TotalSeconds:0} s");
            }

            await Task.Delay(50, stop);
        }
    }
}
