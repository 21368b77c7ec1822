using ClusterRas.Simulator.Faults;

namespace ClusterRas.Simulator.Oracles;

/// <summary>L4: while the assumptions of L1 hold, somebody commits in a later term within 4 s of a dead master's last beat.</summary>
/// <remarks>How soon in general is a matter of percentiles, which a sweep prints.</remarks>
internal sealed class PromptSuccession : IOracle
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(4);

    public string Name => "L4";

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        while (chronicle.Successions.Open is [var oldest, ..] && oldest.LastBeat + Within < sighting.At)
        {
            chronicle.Successions.GiveUp(oldest);
            if (IsCalm(oldest, oldest.LastBeat + Within, chronicle))
            {
                return $"{oldest.Master}, master in term {oldest.Term}, beat last at {oldest.LastBeat.TotalSeconds} s, and nobody has committed in a later term {Within.TotalSeconds} s after that";
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
