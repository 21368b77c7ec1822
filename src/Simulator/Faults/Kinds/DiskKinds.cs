using System.Collections.Immutable;

namespace ClusterRas.Simulator.Faults.Kinds;

/// <summary>What befalls a disk.</summary>
internal static class DiskKinds
{
    private const string FirstStart = "a disk lost in the middle of a first start is the operator's to mend (B3)";

    public static ImmutableArray<FaultKind> All { get; } =
    [
        new(
            "slow fsync",
            3,
            static (dice, at) =>
                new Fault.SlowDisk(at, dice.AnyNode(), dice.Between(500, 8_000), dice.Between(50, 1_500))
        ),
        new("full disk", 3, static (dice, at) => new Fault.StalledDisk(at, dice.AnyNode(), dice.Between(200, 6_000))),
        new("failed fsync", 3, static (dice, at) => new Fault.FailedFsync(at, dice.AnyNode(), dice.Between(50, 5_000))),
        new("torn write", 3, static (dice, at) => new Fault.TornWrite(at, dice.AnyNode(), dice.Between(500, 8_000))),
        new("bit flip", 2, DrawBitFlip) { NotBeforeFounding = FirstStart },
        new("lost disk", 2, static (dice, at) => new Fault.LostDisk(at, dice.AnyNode(), dice.Between(1_000, 8_000)))
        {
            NotBeforeFounding = FirstStart,
        },
    ];

    // A lost disk takes its seat with it, so there are only so many; beyond that the node merely crashes.
    private static Fault DrawBitFlip(Dice dice, TimeSpan at)
    {
        var node = dice.SomeNode();
        var back = dice.Between(50, 5_000);
        return dice.MayLose(node)
            ? new Fault.BitFlip(at, node, back)
            : new Fault.ProcessCrash(at, node, back, (int)dice.Chance.Below(6));
    }
}
