namespace ClusterRas.AckBench;

/// <summary>A way to say events to one node.</summary>
internal interface IDoor : IDisposable
{
    /// <summary>Which way, for people.</summary>
    string Name { get; }

    /// <summary>Says one event and waits for its answer.</summary>
    /// <exception cref="BenchFailedException">Its window has ended without one.</exception>
    Task<Sample> SayAsync(CancellationToken stop);
}
