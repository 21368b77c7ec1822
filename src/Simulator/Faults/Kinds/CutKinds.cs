using System.Collections.Immutable;
using ClusterRas.Fabric;

namespace ClusterRas.Simulator.Faults.Kinds;

/// <summary>Cuts: frames vanish, connections stay.</summary>
internal static class CutKinds
{
    private const int BothRails = 3;

    public static ImmutableArray<FaultKind> All { get; } =
    [
        new(
            "one-way cut",
            3,
            static (dice, at) => Draw(dice, at, Some(dice), dice.All) with { OneWay = true, Name = "one-way cut" }
        ),
        new(
            "one-rail cut",
            4,
            static (dice, at) =>
                Draw(dice, at, dice.Chance.Chance(1, 2) ? dice.All : Some(dice), dice.All) with
                {
                    DieMask = 1 << (int)dice.Chance.Below(2),
                    Name = "one-rail cut",
                }
        )
        {
            Fits = static shape => shape.DieCount == 2,
        },
        new(
            "isolated node",
            4,
            static (dice, at) => Draw(dice, at, Some(dice), dice.All) with { Name = "isolated node" }
        ),
        new("pair cut", 2, static (dice, at) => Pair(dice, at, holds: false)),
        new("clogged link", 3, static (dice, at) => Pair(dice, at, holds: true)),
        new("split", 4, DrawSplit),
        new("bridge", 3, DrawBridge),
        new("three-way split", 2, DrawThreeWay),
        new("flapping link", 2, DrawFlap),
        new("swizzle-clog", 2, DrawSwizzle),
    ];

    private static Fault.Cut Draw(Dice dice, TimeSpan at, NodeSet from, NodeSet to) =>
        new(at, dice.Between(100, 8_000), from, to, BothRails, false, dice.Chance.Chance(1, 4));

    private static NodeSet Some(Dice dice) => NodeSet.One(dice.SomeNode());

    private static Fault.Cut Pair(Dice dice, TimeSpan at, bool holds)
    {
        var one = dice.SomeNode();
        return Draw(dice, at, NodeSet.One(one), NodeSet.One(dice.SomeOther(one))) with
        {
            OneWay = dice.Chance.Chance(1, 3),
            Holds = holds,
            Name = holds ? "clogged link" : "pair cut",
        };
    }

    private static Fault.Cut DrawSplit(Dice dice, TimeSpan at)
    {
        var some = dice.AnyNodes();
        return Draw(dice, at, some, dice.All.Without(some)) with { OneWay = dice.Chance.Chance(1, 4) };
    }

    // One node keeps both sides, and both sides keep it.
    private static Fault.Cut DrawBridge(Dice dice, TimeSpan at)
    {
        var bridge = NodeSet.One(dice.SomeNode());
        var some = dice.AnyNodes().Without(bridge);
        return Draw(dice, at, some, dice.All.Without(some).Without(bridge)) with { Name = "bridge" };
    }

    private static Fault.Series DrawThreeWay(Dice dice, TimeSpan at)
    {
        var first = dice.AnyNodes();
        var second = dice.AnyNodes().Without(first);
        var third = dice.All.Without(first).Without(second);
        var cut = Draw(dice, default, first, second);
        return new Fault.Series(
            at,
            "three-way split",
            [cut, cut with { To = third }, cut with { From = second, To = third }]
        );
    }

    // On and off faster than anybody finds out: on one rail, or on both.
    private static Fault.Series DrawFlap(Dice dice, TimeSpan at)
    {
        var one = dice.SomeNode();
        var other = dice.Chance.Chance(1, 2) ? dice.All : NodeSet.One(dice.SomeOther(one));
        var rails = dice.Chance.Chance(1, 2) ? BothRails : 1 << (int)dice.Chance.Below(dice.Shape.DieCount);
        var parts = new List<Fault>();
        var begin = TimeSpan.Zero;
        for (var i = 3 + dice.Chance.Below(10); i > 0; i--)
        {
            var cut = new Fault.Cut(begin, dice.Between(20, 300), NodeSet.One(one), other, rails, false, false);
            parts.Add(cut);
            begin += cut.For + dice.Between(20, 400);
        }

        return new Fault.Series(at, "flapping link", [.. parts]);
    }

    // One link after the other clogs, and they open again in another order.
    private static Fault.Series DrawSwizzle(Dice dice, TimeSpan at)
    {
        var center = dice.SomeNode();
        var parts = new List<Fault>();
        foreach (var peer in dice.All.Without(NodeSet.One(center)).Nodes())
        {
            var begin = dice.Between(0, 1_500);
            parts.Add(
                new Fault.Cut(
                    begin,
                    dice.Between(200, 3_000),
                    NodeSet.One(center),
                    NodeSet.One(peer),
                    BothRails,
                    false,
                    true
                )
            );
        }

        return new Fault.Series(at, "swizzle-clog", [.. parts]);
    }
}
