namespace ClusterRas.AckBench;

/// <summary>The run is broken and has no result; the message says how.</summary>
internal sealed class BenchFailedException(string message) : Exception(message);
