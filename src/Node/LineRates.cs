using System.Diagnostics;

namespace ClusterRas.Node;

/// <summary>How many lines of one name may be written: a burst, then a steady rate; what is held back is counted.</summary>
/// <remarks>A name costs a few bytes for ever; there are as many as there are in the sources. Not safe for two threads.</remarks>
internal sealed class LineRates
{
    /// <summary>Lines of one name at once: an incident of a whole cluster fits in.</summary>
    public const int Burst = 1000;

    /// <summary>Lines of one name in a second, once the burst is used up.</summary>
    public const int PerSecond = 100;

    private readonly Dictionary<string, Bucket> buckets = new(StringComparer.Ordinal);

    /// <summary>Some line was held back and is not told yet.</summary>
    public bool IsHolding { get; private set; }

    /// <summary>Takes one line.</summary>
    /// <param name="now">As <see cref="Stopwatch.GetTimestamp"/>.</param>
    /// <returns>False: it is over the rate, and counted.</returns>
    public bool TryTake(string name, long now)
    {
        if (!buckets.TryGetValue(name, out var bucket))
        {
            buckets.Add(name, bucket = new Bucket(now));
        }

        if (bucket.TryTake(now))
        {
            return true;
        }

        IsHolding = true;
        return false;
    }

    /// <summary>The names of which lines were held back, and how many, since this was asked last.</summary>
    public IReadOnlyList<(string Name, long Count)> TakeHeld()
    {
        if (!IsHolding)
        {
            return [];
        }

        IsHolding = false;
        return [.. buckets.Where(one => one.Value.Held > 0).Select(one => (one.Key, one.Value.TakeHeld()))];
    }

    private sealed class Bucket(long start)
    {
        private double left = Burst;
        private long at = start;

        public long Held { get; private set; }

        public bool TryTake(long now)
        {
            left = Math.Min(Burst, left + (Stopwatch.GetElapsedTime(at, now).TotalSeconds * PerSecond));
            at = now;
            if (left < 1)
            {
                Held++;
                return false;
            }

            left--;
            return true;
        }

        public long TakeHeld()
        {
            var held = Held;
            Held = 0;
            return held;
        }
    }
}
