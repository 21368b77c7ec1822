using System.Collections.Immutable;

namespace ClusterRas.Simulator.Faults.Kinds;

/// <summary>What befalls handlers, beside how the plan says that each behaves.</summary>
internal static class HandlerKinds
{
    public static ImmutableArray<FaultKind> All { get; } =
    [
        new("late handlers", 2, static (dice, at) => Draw(dice, at, HandlerTrouble.Late)),
        new("hung handlers", 2, static (dice, at) => Draw(dice, at, HandlerTrouble.Hung)),
        new("failing handlers", 2, static (dice, at) => Draw(dice, at, HandlerTrouble.Failing)),
        new("handlers answer twice", 2, static (dice, at) => Draw(dice, at, HandlerTrouble.AnswersTwice)),
    ];

    private static Fault.Handlers Draw(Dice dice, TimeSpan at, HandlerTrouble trouble) =>
        new(at, dice.Between(500, 8_000), trouble);
}
