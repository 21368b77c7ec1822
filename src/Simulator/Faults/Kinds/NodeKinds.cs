using System.Collections.Immutable;
using ClusterRas.Fabric;

namespace ClusterRas.Simulator.Faults.Kinds;

/// <summary>What befalls whole machines: one, the master, or many at once.</summary>
internal static class NodeKinds
{
    public static ImmutableArray<FaultKind> All { get; } =
    [
        new("power cut", 4, DrawPowerCut),
        new("panic", 6, DrawPanic),
        new("panic of the master", 4, static (dice, at) => new Fault.Panic(at, null, dice.WindowMs(), Back(dice))),
        new("panics of master and successor", 2, DrawSuccessor),
        new("panic in another's window", 2, DrawInWindow),
        new("2 panics at once", 2, static (dice, at) => AtOnce(dice, at, "2 panics at once", dice.SomeNodes(2))),
        new("4 panics at once", 1, static (dice, at) => AtOnce(dice, at, "4 panics at once", dice.SomeNodes(4)))
        {
            Fits = static shape => shape.NodeCount >= 5,
        },
        new(
            "all but one panic",
            1,
            static (dice, at) => AtOnce(dice, at, "all but one panic", dice.SomeNodes(dice.Shape.NodeCount - 1))
        ),
        new("a majority of voters panics", 1, DrawMajority),
        new(
            "reboot",
            3,
            static (dice, at) => new Fault.KernelReboot(at, dice.AnyNode(), dice.WindowMs(), Back(dice), null)
        ),
        new(
            "reboot, then panic",
            2,
            static (dice, at) =>
                new Fault.KernelReboot(
                    at,
                    dice.AnyNode(),
                    dice.WindowMs(),
                    Back(dice),
                    // Half of them while the word of the reboot may still wait for its answer, under the same msgid.
                    dice.Chance.Chance(1, 2)
                        ? dice.Between(1, 100)
                        : dice.Between(100, 12_000)
                )
        ),
    ];

    private static TimeSpan Back(Dice dice) => dice.Between(500, 15_000);

    private static Fault.PowerCut DrawPowerCut(Dice dice, TimeSpan at)
    {
        var (node, back) = dice.End(dice.Between(1_000, 15_000));
        return new Fault.PowerCut(at, node, back);
    }

    private static Fault.Panic DrawPanic(Dice dice, TimeSpan at)
    {
        var (node, back) = dice.End(Back(dice));
        return new Fault.Panic(at, node ?? dice.SomeNode(), dice.WindowMs(), back);
    }

    private static Fault.Series DrawSuccessor(Dice dice, TimeSpan at) =>
        new(
            at,
            "panics of master and successor",
            [
                new Fault.Panic(default, null, dice.WindowMs(), Back(dice)),
                new Fault.Panic(dice.Between(1, 1_000), null, dice.WindowMs(), Back(dice)),
            ]
        );

    private static Fault.Series DrawInWindow(Dice dice, TimeSpan at)
    {
        var first = dice.SomeNode();
        var windowMs = 2_000 + (1_000 * (int)dice.Chance.Below(9));
        return new Fault.Series(
            at,
            "panic in another's window",
            [
                new Fault.Panic(default, first, windowMs, Back(dice)),
                new Fault.Panic(dice.Between(0, windowMs), dice.SomeOther(first), dice.WindowMs(), Back(dice)),
            ]
        );
    }

    // All of them come back: without a majority nothing is acked meanwhile, and afterwards each word still ends.
    private static Fault.Series DrawMajority(Dice dice, TimeSpan at)
    {
        var voters = dice.Shape.Topology.ControlGroup.ToArray();
        dice.Chance.Shuffle(voters);
        var some = voters
            .Take((dice.Shape.VoterCount / 2) + 1)
            .Aggregate(default(NodeSet), (set, node) => set.With(node));
        return AtOnce(dice, at, "a majority of voters panics", some);
    }

    private static Fault.Series AtOnce(Dice dice, TimeSpan at, string name, NodeSet nodes)
    {
        var windowMs = dice.WindowMs();
        return new Fault.Series(
            at,
            name,
            [.. nodes.Nodes().Select(node => new Fault.Panic(dice.Between(0, 20), node, windowMs, Back(dice)))]
        );
    }

    private static void Shuffle(this Protocol.Prng chance, NodeId[] nodes)
    {
        for (var i = nodes.Length - 1; i > 0; i--)
        {
            var other = (int)chance.Below(i + 1);
            (nodes[i], nodes[other]) = (nodes[other], nodes[i]);
        }
    }
}
