using ClusterRas.Simulator.Faults;
using ClusterRas.Simulator.Moments;

namespace ClusterRas.Simulator.Coverage;

/// <summary>Pairs of fault and phase that cannot be, each with its reason. All others must be hit.</summary>
internal static class ImpossiblePairs
{
    /// <summary>Why they cannot meet; null: they can.</summary>
    public static string? Reason(FaultKind kind, Phase phase) =>
        phase switch
        {
            Phase.GroupChange when !GroupEntries.Exist => "no entry of this version changes the group",
            Phase.Founding => kind.NotBeforeFounding,
            _ => null,
        };
}
