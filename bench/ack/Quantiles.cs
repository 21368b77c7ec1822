namespace ClusterRas.AckBench;

/// <summary>p50, p99 and the worst of some durations, by nearest rank.</summary>
internal sealed record Quantiles(int Count, double P50Ms, double P99Ms, double MaxMs)
{
    /// <summary>Of durations in ns; at least one.</summary>
    public static Quantiles Of(IEnumerable<long> nanoseconds)
    {
        long[] sorted = [.. nanoseconds.Order()];
        return sorted.Length == 0
            ? throw new ArgumentException("nothing was measured", nameof(nanoseconds))
            : new Quantiles(sorted.Length, Rank(sorted, 0.50), Rank(sorted, 0.99), sorted[^1] / 1e6);
    }

    private static double Rank(long[] sorted, double part) =>
        sorted[Math.Max(0, (int)Math.Ceiling(part * sorted.Length) - 1)] / 1e6;
}
