namespace ClusterRas.Simulator;

/// <summary>Many lives, one after the other on each processor.</summary>
/// <param name="LifeCount">Lives that were played.</param>
/// <param name="Broken">Lives in which a promise was broken, in order of their seeds.</param>
internal sealed record Sweep(int LifeCount, TimeSpan Simulated, IReadOnlyList<ClusterLife> Broken)
{
    /// <summary>Plays seeds in order.</summary>
    /// <param name="brokenMax">Ends early once so many lives are broken.</param>
    /// <param name="onBroken">Told of each broken life at once; not in order.</param>
    public static Sweep Play(ulong first, int count, int? nodeCount, int brokenMax, Action<ClusterLife> onBroken)
    {
        var gate = new Lock();
        var broken = new SortedDictionary<ulong, ClusterLife>();
        var simulated = TimeSpan.Zero;
        var (begun, played) = (0, 0);

        // Seeds are handed out in order and whatever was begun is ended, so no lower seed than the first broken one is
        // left out and the same sweep names the same seed.
        Parallel.For(
            0,
            Math.Min(count, Environment.ProcessorCount),
            _ =>
            {
                while (Next() is { } seed)
                {
                    Note(ClusterLife.Play(seed, nodeCount, transcript: null));
                }
            }
        );
        return new Sweep(played, simulated, [.. broken.Values]);

        ulong? Next()
        {
            lock (gate)
            {
                return begun < count && broken.Count < brokenMax ? first + (ulong)begun++ : null;
            }
        }

        void Note(ClusterLife life)
        {
            lock (gate)
            {
                played++;
                simulated += life.Simulated;
                if (life.Violation is not null)
                {
                    broken.Add(life.Plan.Seed, life);
                    onBroken(life);
                }
            }
        }
    }
}
