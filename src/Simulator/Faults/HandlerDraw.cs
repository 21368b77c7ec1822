using System.Collections.Immutable;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Faults;

/// <summary>Draws the handlers of a plan.</summary>
internal static class HandlerDraw
{
    /// <param name="atLeast">So many, as something waits for one.</param>
    public static ImmutableArray<HandlerPlan> Draw(Dice dice, int atLeast)
    {
        ReadOnlySpan<string> names = ["drain", "fence", "page"];
        var chance = dice.Chance;
        var handlers = ImmutableArray.CreateBuilder<HandlerPlan>();
        for (var i = Math.Max(atLeast, chance.Below(4)) - 1; i >= 0; i--)
        {
            EquatableArray<EventKind> kinds = [EventKind.Panic, EventKind.KernelReboot, EventKind.OutOfMemory];
            var declaration = new HandlerDeclaration(
                names[(int)i],
                kinds,
                TimeSpan.FromMilliseconds(200 + chance.Below(2_800)),
                chance.Chance(1, 2),
                chance.Chance(1, 2),
                chance.Chance(1, 8)
            );
            var silent = chance.Chance(1, 3) ? (int)chance.Below(500) : 0;
            handlers.Add(
                new HandlerPlan(declaration, dice.SomeNode(), dice.Between(1, 2_000), silent, (int)chance.Below(200))
            );
        }

        return handlers.ToImmutable();
    }
}
