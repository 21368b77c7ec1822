using System.Collections.Immutable;

namespace ClusterRas.Simulator.Faults.Kinds;

/// <summary>What people do, rightly or by mistake.</summary>
internal static class OperatorKinds
{
    public static ImmutableArray<FaultKind> All { get; } =
    [
        new(
            "wrong topology",
            2,
            static (dice, at) => new Fault.WrongTopology(at, dice.AnyNode(), dice.Between(200, 6_000))
        ),
        new("apply", 2, DrawApply) { NotBeforeFounding = NoMaster },
        new("handover", 1, static (dice, at) => new Fault.Handover(at, dice.AnyNode()))
        {
            NotBeforeFounding = NoMaster,
        },
    ];

    private const string NoMaster = "there is no master yet who could be asked";

    public static Fault.Apply DrawApply(Dice dice, TimeSpan at) =>
        new(at, dice.AnyNode(), (MapAct)dice.Chance.Below(Enum.GetValues<MapAct>().Length), dice.Between(500, 6_000));
}
