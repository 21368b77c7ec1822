using System.Collections.Immutable;

namespace ClusterRas.Simulator.Faults.Kinds;

/// <summary>What befalls the way between a node's kernel and its agent.</summary>
internal static class DeviceKinds
{
    // The end itself counts, the next tick does not; a kernel counts whole milliseconds.
    private static readonly ImmutableArray<TimeSpan> Offsets =
    [
        TimeSpan.FromMilliseconds(-1),
        TimeSpan.FromTicks(-1),
        TimeSpan.Zero,
        TimeSpan.FromTicks(1),
        TimeSpan.FromMilliseconds(1),
        TimeSpan.FromMilliseconds(2),
    ];

    public static ImmutableArray<FaultKind> All { get; } =
    [
        new(
            "driver reload",
            2,
            static (dice, at) =>
                dice.Chance.Chance(1, 2)
                    ? new Fault.DriverReload(at, dice.AnyNode())
                    : new Fault.ReloadBeforeTheAnswer(at, dice.Between(0, 4))
        ),
        new(
            "standstill to a window's end",
            2,
            static (dice, at) =>
                new Fault.StandstillToTheEnd(at, dice.Between(0, 3), Offsets[(int)dice.Chance.Below(Offsets.Length)])
        ),
    ];
}
