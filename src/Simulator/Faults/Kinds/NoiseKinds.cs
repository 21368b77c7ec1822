using System.Collections.Immutable;
using ClusterRas.Fabric;

namespace ClusterRas.Simulator.Faults.Kinds;

/// <summary>Noise: frames that do not come as they were sent.</summary>
internal static class NoiseKinds
{
    public static ImmutableArray<FaultKind> All { get; } =
    [
        new(
            "stranger's frames",
            2,
            static (dice, at) => new Fault.StrangersFrames(at, dice.AnyNode(), dice.SomeNode(), dice.Chance.NextBits())
        ),
        new(
            "lost frames",
            2,
            static (dice, at) => Quiet(dice, at, "lost frames") with { LossPermille = Some(dice, 500) }
        ),
        new(
            "doubled frames",
            2,
            static (dice, at) => Quiet(dice, at, "doubled frames") with { DoublePermille = Some(dice, 900) }
        ),
        new(
            "overtaking frames",
            2,
            static (dice, at) =>
                Quiet(dice, at, "overtaking frames") with
                {
                    OvertakePermille = Some(dice, 500),
                    DelayMax = dice.Between(1, 100),
                }
        ),
        new(
            "late frames",
            2,
            static (dice, at) =>
                Quiet(dice, at, "late frames") with
                {
                    DelayMax = dice.Between(1, dice.Chance.Chance(1, 4) ? 2_000 : 100),
                }
        ),
        new(
            "corrupt frames",
            2,
            static (dice, at) => Quiet(dice, at, "corrupt frames") with { CorruptPermille = Some(dice, 500) }
        ),
        new(
            "truncated frames",
            2,
            static (dice, at) => Quiet(dice, at, "truncated frames") with { TruncatePermille = Some(dice, 500) }
        ),
        new(
            "flood",
            2,
            static (dice, at) =>
                Quiet(dice, at, "flood") with
                {
                    For = dice.Between(100, 800),
                    Among = dice.All,
                    Towards = dice.SomeNode(),
                    Copies = 2 + (int)dice.Chance.Below(8),
                }
        ),
        new(
            "mixed noise",
            3,
            static (dice, at) =>
                Quiet(dice, at, "mixed noise") with
                {
                    LossPermille = (int)dice.Chance.Below(400),
                    DoublePermille = (int)dice.Chance.Below(200),
                    OvertakePermille = dice.Chance.Chance(1, 2) ? (int)dice.Chance.Below(300) : 0,
                    CorruptPermille = dice.Chance.Chance(1, 2) ? (int)dice.Chance.Below(100) : 0,
                    DelayMax = dice.Between(1, dice.Chance.Chance(1, 4) ? 2_000 : 60),
                }
        ),
    ];

    private static Fault.Noise Quiet(Dice dice, TimeSpan at, string name)
    {
        var among = dice.Chance.Chance(1, 2) ? dice.All : dice.SomeNodes(Math.Min(3, dice.Shape.NodeCount));
        return new Fault.Noise(at, dice.Between(500, 8_000), among, 0, 0, 0, TimeSpan.Zero) { Name = name };
    }

    private static int Some(Dice dice, int most) => 1 + (int)dice.Chance.Below(most);
}
