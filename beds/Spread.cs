using System.Globalization;

namespace ClusterRas.Beds;

/// <summary>Many durations as three numbers.</summary>
public sealed class Spread(IEnumerable<TimeSpan> times)
{
    /// <summary>In ms, the smallest first.</summary>
    public IReadOnlyList<double> Sorted { get; } = [.. times.Select(t => t.TotalMilliseconds).Order()];

    /// <summary>The nearest rank.</summary>
    public double At(double share) =>
        Sorted[Math.Clamp((int)Math.Ceiling(share * Sorted.Count) - 1, 0, Sorted.Count - 1)];

    /// <inheritdoc />
    public override string ToString() =>
        Sorted.Count == 0
            ? "-"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"p50 {At(0.5):0.0} ms, p99 {At(0.99):0.0} ms, max {Sorted[^1]:0.0} ms of {Sorted.Count}"
            );
}
