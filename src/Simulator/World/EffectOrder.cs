using System.Runtime.InteropServices;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.World;

/// <summary>Mixes the effects of a batch: order is kept per link and for the ledger, and nowhere else.</summary>
internal sealed class EffectOrder
{
    private const int LedgerTarget = 0;
    private const int FreeTarget = -1;
    private readonly Shape shape;
    private readonly Prng chance;
    private readonly int[] heads;
    private readonly List<Effect> mixed = [];
    private int[] next = new int[64];
    private int[] slots = new int[64];

    public EffectOrder(Shape shape, Prng chance)
    {
        (this.shape, this.chance) = (shape, chance);
        heads = new int[1 + (shape.NodeCount * shape.DieCount)];
    }

    /// <summary>The same effects in an order that the runner might choose. Valid until the next call.</summary>
    public List<Effect> Shuffle(List<Effect> effects)
    {
        var count = effects.Count;
        if (count > slots.Length)
        {
            (next, slots) = (new int[count * 2], new int[count * 2]);
        }

        mixed.Clear();
        mixed.AddRange(effects);
        if (count == 1)
        {
            return mixed;
        }

        Chain(effects);
        for (var i = count - 1; i > 0; i--)
        {
            var other = (int)chance.Below(i + 1);
            (slots[i], slots[other]) = (slots[other], slots[i]);
        }

        // Each drawn place is taken by the next effect of the target that was drawn there.
        var places = CollectionsMarshal.AsSpan(mixed);
        for (var i = 0; i < count; i++)
        {
            var target = TargetOf(effects[slots[i]]);
            var index = slots[i];
            if (target != FreeTarget)
            {
                index = heads[target];
                heads[target] = next[index];
            }

            places[i] = effects[index];
        }

        return mixed;
    }

    private void Chain(List<Effect> effects)
    {
        Array.Fill(heads, -1);
        for (var i = effects.Count - 1; i >= 0; i--)
        {
            slots[i] = i;
            if (TargetOf(effects[i]) is var target and not FreeTarget)
            {
                next[i] = heads[target];
                heads[target] = i;
            }
        }
    }

    private int TargetOf(Effect effect) =>
        effect switch
        {
            Effect.Send send => TargetOf(send.Link),
            Effect.Relink relink => TargetOf(relink.Link),
            Effect.CloseLink close => TargetOf(close.Link),
            Effect.Persist or Effect.Committed or Effect.Restored => LedgerTarget,
            _ => FreeTarget,
        };

    private int TargetOf(LinkId link) => 1 + (link.Peer.Value * shape.DieCount) + link.Die.Value;
}
