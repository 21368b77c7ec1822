using ClusterRas.Protocol;
using ClusterRas.Simulator.Faults;
using ClusterRas.Simulator.Moments;

namespace ClusterRas.Simulator.Coverage;

/// <summary>Counts faults as they begin: by kind, and by what the cluster was in the middle of.</summary>
internal sealed class Tally
{
    // Fewer may have met with bad luck.
    private const int ToldAtLeast = 40;

    private static readonly TimeSpan WithoutWord = new ProtocolOptions().ElectionTimeoutMin;
    private readonly Dictionary<(string Kind, Phase Phase), int> pairs = [];
    private readonly SortedDictionary<MomentName, (int Waited, int Came)> moments = [];
    private readonly SortedDictionary<string, int> kinds = new(StringComparer.Ordinal);

    private readonly List<(TimeSpan Took, ulong Seed)> told = [];
    private readonly List<(TimeSpan Took, ulong Seed)> untold = [];

    /// <summary>From a dead master's last beat to the first commit of a later term, where L1's assumptions held, and in which life.</summary>
    /// <param name="isTold">Somebody said that it dies.</param>
    public IReadOnlyList<(TimeSpan Took, ulong Seed)> Successions(bool isTold) => isTold ? told : untold;

    public void AddSuccession(TimeSpan took, bool isTold, ulong seed) => (isTold ? told : untold).Add((took, seed));

    /// <summary>L4 over many lives: half of the masters whose death is told have a successor before anybody would stand without that word.</summary>
    /// <returns>Why that is not so; null: it is, or there were too few to say.</returns>
    public string? WhyTooSlow
    {
        get
        {
            if (told.Count < ToldAtLeast)
            {
                return null;
            }

            var median = told.Order().ElementAt(told.Count / 2).Took;
            return median < WithoutWord
                ? null
                : FormattableString.Invariant(
                    $"half of {told.Count} masters whose death was told had no successor for {median.TotalSeconds:0.000} s or more"
                );
        }
    }

    /// <summary>Faults that began, by kind.</summary>
    public IReadOnlyDictionary<string, int> Kinds => kinds;

    /// <summary>How many faults waited for a moment, and for how many it came.</summary>
    public IReadOnlyDictionary<MomentName, (int Waited, int Came)> Moments => moments;

    /// <summary>How often a fault of this kind began in this phase.</summary>
    public int Of(string kind, Phase phase) => pairs.GetValueOrDefault((kind, phase));

    /// <param name="now">All phases of the moment; it counts for each.</param>
    public void Add(Fault fault, Phase now)
    {
        kinds[fault.Kind] = kinds.GetValueOrDefault(fault.Kind) + 1;
        foreach (var phase in CoverageTable.Phases)
        {
            if ((now & phase) != 0)
            {
                pairs[(fault.Kind, phase)] = pairs.GetValueOrDefault((fault.Kind, phase)) + 1;
            }
        }
    }

    /// <summary>A fault begins to wait for a moment, or the moment has come.</summary>
    public void AddMoment(MomentName name, int waited, int came)
    {
        var (before, cameBefore) = moments.GetValueOrDefault(name);
        moments[name] = (before + waited, cameBefore + came);
    }

    public void Add(Tally other)
    {
        foreach (var (name, (waited, came)) in other.moments)
        {
            AddMoment(name, waited, came);
        }

        told.AddRange(other.told);
        untold.AddRange(other.untold);
        foreach (var (kind, count) in other.kinds)
        {
            kinds[kind] = kinds.GetValueOrDefault(kind) + count;
        }

        foreach (var (pair, count) in other.pairs)
        {
            pairs[pair] = pairs.GetValueOrDefault(pair) + count;
        }
    }
}
