using System.Collections.Immutable;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Faults.Kinds;

/// <summary>Words that no death has made: local events, callers, and mistakes.</summary>
internal static class WordKinds
{
    public static ImmutableArray<FaultKind> All { get; } =
    [
        new("local event", 2, DrawLocal),
        new(
            "said of itself",
            1,
            static (dice, at) =>
            {
                var node = dice.SomeNode();
                return new Fault.Said(
                    at,
                    node,
                    node,
                    DrawFatalKind(dice),
                    dice.WindowMs() + (int)dice.Chance.Below(1_000)
                );
            }
        ),
        new(
            "said of a healthy node",
            1,
            static (dice, at) =>
            {
                var node = dice.SomeNode();
                var windowMs = dice.WindowMs() + (int)dice.Chance.Below(1_000);
                return new Fault.Said(at, node, dice.SomeOther(node), DrawFatalKind(dice), windowMs);
            }
        ),
        new(
            "forged record",
            1,
            static (dice, at) =>
            {
                var node = dice.SomeNode();
                var victim = dice.SomeOther(node);
                return new Fault.ForgedRecord(
                    at,
                    node,
                    victim,
                    DrawFatalKind(dice),
                    dice.WindowMs(),
                    dice.Chance.Chance(2, 3)
                );
            }
        ),
    ];

    private static Fault.Local DrawLocal(Dice dice, TimeSpan at)
    {
        var kind = dice.Chance.Below(4) switch
        {
            0 => EventKind.PowerOff,
            1 => EventKind.MemoryFault,
            2 => EventKind.LinkChange,
            _ => EventKind.OutOfMemory,
        };
        var waits = kind == EventKind.PowerOff || (kind == EventKind.OutOfMemory && dice.Chance.Chance(1, 2));
        return new Fault.Local(at, dice.SomeNode(), kind, waits ? dice.WindowMs() : 0);
    }

    private static EventKind DrawFatalKind(Dice dice) =>
        dice.Chance.Chance(1, 2) ? EventKind.Panic : EventKind.KernelReboot;
}
