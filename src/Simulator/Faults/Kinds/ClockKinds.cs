using System.Collections.Immutable;

namespace ClusterRas.Simulator.Faults.Kinds;

/// <summary>Clocks. That they differ by days is so in every life.</summary>
internal static class ClockKinds
{
    private const int PpmMax = 200;

    public static ImmutableArray<FaultKind> All { get; } =
    [
        new(
            "clock drift",
            2,
            static (dice, at) =>
                new Fault.ClockDrift(at, dice.AnyNode(), (int)dice.Chance.Below((2 * PpmMax) + 1) - PpmMax)
        ),
        new(
            "wall clock jump",
            1,
            static (dice, at) =>
                new Fault.WallClockJump(at, dice.AnyNode(), TimeSpan.FromHours(dice.Chance.Below(48) - 24))
        ),
    ];
}
