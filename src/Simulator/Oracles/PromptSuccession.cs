using ClusterRas.Simulator.Faults;

namespace ClusterRas.Simulator.Oracles;

/// <summary>L4: while the assumptions of L1 hold, somebody commits in a later term within 4 s of a dead master's last beat.</summary>
/// <remarks>How soon in general is a matter of percentiles, which a sweep prints.</remarks>
internal sealed class PromptSuccession : IOracle
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(4);

    private readonly HashSet<Succession> judged = [];

    public string Name => "L4";

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        foreach (var succession in chronicle.Successions.Open)
        {
            var due = succession.LastBeat + Within;
            if (due < sighting.At && judged.Add(succession) && IsCalm(succession, due, chronicle))
            {
                return $"{succession.Master}, master in term {succession.Term}, beat last at {succession.LastBeat.TotalSeconds} s, and nobody "
                    + $"has committed in a later term {Within.TotalSeconds} s after that";
            }
        }

        return null;
    }

    /// <summary>A majority of the others was undisturbed from before its last beat up to this time.</summary>
    public static bool IsCalm(Succession succession, TimeSpan to, Chronicle chronicle) =>
        NodeSet
            .All(chronicle.Shape.NodeCount)
            .Without(NodeSet.One(succession.Master))
            .Nodes()
            .Any(node => Calm.Holds(chronicle.Faults, chronicle.Shape, node, succession.LastBeat, to, chronicle));
}
