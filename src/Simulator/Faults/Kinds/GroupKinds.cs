using System.Collections.Immutable;

namespace ClusterRas.Simulator.Faults.Kinds;

/// <summary>What makes the control group change, and bad luck in the middle of a change.</summary>
internal static class GroupKinds
{
    public static ImmutableArray<FaultKind> All { get; } =
    [
        new("planned stop", 3, DrawStop),
        new("unlucky seat", 2, DrawUnluckySeat),
        new("deaths one by one", 1, static (dice, at) => DrawDeaths(dice, at, dice.Between(4_000, 16_000))),
    ];

    public static Fault.PlannedStop DrawStop(Dice dice, TimeSpan at)
    {
        var back = dice.Chance.Chance(2, 3) ? dice.Between(1_000, 8_000) : (TimeSpan?)null;
        return new Fault.PlannedStop(at, dice.AnyNode(), dice.Between(200, 6_000), back);
    }

    public static Fault.UnluckySeat DrawUnluckySeat(Dice dice, TimeSpan at) => new(at, dice.Between(1_000, 6_000));

    /// <summary>Each is told, and most are healed before the next one: that is what a shrinking group is for.</summary>
    public static Fault.Series DrawDeaths(Dice dice, TimeSpan at, TimeSpan length)
    {
        var parts = new List<Fault>();
        var (begin, deaths) = (TimeSpan.Zero, 1 + dice.Chance.Below(dice.Shape.NodeCount - 1));
        for (var i = 0L; i < deaths && begin < length; i++)
        {
            var windowMs = 2_000 + (1_000 * (int)dice.Chance.Below(4));
            var (victim, reboot) = (dice.AnyNode(), dice.Between(500, 20_000));
            parts.Add(new Fault.Panic(begin, victim, windowMs, reboot));
            if (victim is not null && dice.Chance.Chance(1, 3))
            {
                // It is back, and follows, but what it follows does not come to its disk.
                var stalls = begin + reboot + dice.Between(500, 3_000);
                parts.Add(new Fault.StalledDisk(stalls, victim, dice.Between(2_000, 6_000)));
            }

            begin += dice.Between(200, 6_000) + dice.Between(200, 6_000);
        }

        return new Fault.Series(at, "deaths one by one", [.. parts]);
    }
}
