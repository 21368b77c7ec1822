using System.Diagnostics;
using ClusterRas.Fabric;
using ClusterRas.Simulator.Coverage;
using ClusterRas.Simulator.Faults;

namespace ClusterRas.Simulator;

/// <summary>Which lives a sweep plays.</summary>
/// <param name="First">The first seed; the others follow it.</param>
/// <param name="Count">At most so many.</param>
/// <param name="Plan">What a seed stands for.</param>
internal sealed record SweepOrder(ulong First, int Count, Func<ulong, FaultPlan> Plan)
{
    /// <summary>Ends early once so many lives are broken.</summary>
    public int BrokenMax { get; init; } = int.MaxValue;

    /// <summary>No life is begun after this time; null: all are.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>The planner's own lives.</summary>
    public static SweepOrder Of(ulong first, int count, int? nodeCount) =>
        new(first, count, seed => FaultPlanner.Draw(seed, nodeCount));
}

/// <summary>Many lives, one after the other on each processor.</summary>
/// <param name="LifeCount">Lives that were played.</param>
/// <param name="Broken">Lives in which a promise was broken, in order of their seeds.</param>
/// <param name="Tally">The faults of all lives.</param>
internal sealed record Sweep(int LifeCount, TimeSpan Simulated, IReadOnlyList<ClusterLife> Broken, Tally Tally)
{
    /// <summary>All nodes' hours together, by the profile of their life.</summary>
    public required IReadOnlyDictionary<TimingProfile, double> NodeHours { get; init; }

    /// <summary>Plays seeds in order.</summary>
    /// <param name="onBroken">Told of each broken life at once; not in order.</param>
    public static Sweep Play(SweepOrder order, Action<ClusterLife> onBroken)
    {
        var gate = new Lock();
        var broken = new SortedDictionary<ulong, ClusterLife>();
        var simulated = TimeSpan.Zero;
        var (begun, played) = (0, 0);
        var tally = new Tally();
        var nodeHours = new Dictionary<TimingProfile, double>();
        var watch = Stopwatch.StartNew();

        // Seeds are handed out in order and whatever was begun is ended, so no lower seed than the first broken one is
        // left out and the same sweep names the same seed.
        Parallel.For(
            0,
            Math.Min(order.Count, Environment.ProcessorCount),
            _ =>
            {
                while (Next() is { } seed)
                {
                    Note(ClusterLife.Play(order.Plan(seed), transcript: null));
                }
            }
        );
        return new Sweep(played, simulated, [.. broken.Values], tally) { NodeHours = nodeHours };

        ulong? Next()
        {
            lock (gate)
            {
                var goesOn =
                    begun < order.Count
                    && broken.Count < order.BrokenMax
                    && !(watch.Elapsed >= order.For)
                    && (order.BrokenMax == int.MaxValue || tally.WhyTooSlow is null);
                return goesOn ? order.First + (ulong)begun++ : null;
            }
        }

        void Note(ClusterLife life)
        {
            lock (gate)
            {
                played++;
                simulated += life.Simulated;
                var profile = life.Plan.Profile;
                nodeHours[profile] =
                    nodeHours.GetValueOrDefault(profile) + (life.Simulated * life.Plan.Shape.NodeCount).TotalHours;
                tally.Add(life.Tally);
                if (life.Violation is not null)
                {
                    broken.Add(life.Plan.Seed, life);
                    onBroken(life);
                }
            }
        }
    }
}
