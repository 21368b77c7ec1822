using System.Collections.Immutable;

namespace ClusterRas.Simulator.Faults.Kinds;

/// <summary>What befalls the agent alone.</summary>
internal static class ProcessKinds
{
    public static ImmutableArray<FaultKind> All { get; } =
    [
        new("crash", 6, static (dice, at) => Crash(dice, at)),
        new("slow start", 3, static (dice, at) => Crash(dice, at) with { StartTakes = dice.Between(500, 6_000) }),
        new("crash loop", 2, DrawLoop),
        new(
            "pause",
            6,
            static (dice, at) => new Fault.Pause(at, dice.AnyNode(), dice.Between(100, 5_000), dice.Chance.Chance(1, 2))
        ),
        new(
            "long pause",
            1,
            static (dice, at) =>
                new Fault.Pause(at, dice.AnyNode(), dice.Between(10_000, 60_000), dice.Chance.Chance(1, 2))
        ),
    ];

    private static Fault.ProcessCrash Crash(Dice dice, TimeSpan at) =>
        new(at, dice.AnyNode(), dice.Between(50, 5_000), (int)dice.Chance.Below(6));

    // It comes back only to die again, before or after it has found its peers.
    private static Fault.Series DrawLoop(Dice dice, TimeSpan at)
    {
        var node = dice.SomeNode();
        var parts = new List<Fault>();
        var begin = TimeSpan.Zero;
        for (var i = 2 + dice.Chance.Below(6); i > 0; i--)
        {
            var back = dice.Between(20, 300);
            parts.Add(new Fault.ProcessCrash(begin, node, back, (int)dice.Chance.Below(6)));
            begin += TimeSpan.FromMilliseconds(60) + back + dice.Between(0, 1_500);
        }

        return new Fault.Series(at, "crash loop", [.. parts]);
    }
}
