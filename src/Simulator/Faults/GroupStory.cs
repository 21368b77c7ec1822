using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Faults;

/// <summary>What makes a control group change, added to a part of the lives: deaths with words, one after the other, disks
/// that are lost, stops that are planned, and bad luck in the middle of a change.</summary>
/// <param name="chance">Of its own, so that the rest of a plan does not hang on it.</param>
/// <param name="gone">Nodes that do not come back; with some of them a disk more may be one too many.</param>
internal sealed class GroupStory(Prng chance, Shape shape, List<Fault> faults, NodeSet gone)
{
    public void Draw(TimeSpan from, TimeSpan length)
    {
        if (!chance.Chance(1, 3))
        {
            return;
        }

        DrawDeaths(from, length);
        if (chance.Chance(1, 2))
        {
            var back = chance.Chance(2, 3) ? Between(1_000, 8_000) : (TimeSpan?)null;
            faults.Add(new Fault.PlannedStop(from + chance.Below(length), AnyNode(), Between(200, 6_000), back));
        }

        if (gone.Count == 0 && chance.Chance(1, 4))
        {
            faults.Add(new Fault.Wipe(from + chance.Below(length), AnyNode(), Between(1_000, 8_000)));
        }

        for (var i = chance.Below(4); i > 0; i--)
        {
            faults.Add(new Fault.UnluckySeat(from + chance.Below(length), Between(1_000, 6_000)));
        }
    }

    // Each is told, and most are healed before the next one: that is what a shrinking group is for.
    private void DrawDeaths(TimeSpan from, TimeSpan length)
    {
        var at = from + chance.Below(length / 2);
        var deaths = 1 + chance.Below(shape.NodeCount - 1);
        for (var i = 0L; i < deaths && at < from + length; i++)
        {
            var windowMs = 2_000 + (1_000 * (int)chance.Below(4));
            var (victim, reboot) = (AnyNode(), Between(500, 20_000));
            faults.Add(new Fault.Panic(at, victim, windowMs, reboot));
            if (victim is not null && chance.Chance(1, 3))
            {
                // It is back, and follows, but what it follows does not come to its disk.
                faults.Add(new Fault.StalledDisk(at + reboot + Between(500, 3_000), victim, Between(2_000, 6_000)));
            }

            at += Between(200, 6_000) + Between(200, 6_000);
        }
    }

    private NodeId? AnyNode() => chance.Chance(1, 3) ? null : new NodeId((int)chance.Below(shape.NodeCount));

    private TimeSpan Between(int minMs, int maxMs) =>
        TimeSpan.FromMilliseconds(minMs) + chance.Below(TimeSpan.FromMilliseconds(maxMs - minMs));
}
