using System.Collections.Immutable;

namespace ClusterRas.Simulator.Faults.Kinds;

/// <summary>Mistakes of people.</summary>
internal static class OperatorKinds
{
    public static ImmutableArray<FaultKind> All { get; } =
    [
        new(
            "wrong topology",
            2,
            static (dice, at) => new Fault.WrongTopology(at, dice.AnyNode(), dice.Between(200, 6_000))
        ),
    ];
}
