using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.Moments;

namespace ClusterRas.Simulator.Faults;

/// <summary>What brings about a moment that a fault waits for, shortly after it begins to wait.</summary>
internal static class Bait
{
    public static IEnumerable<Fault> For(MomentName moment, Dice dice, TimeSpan at)
    {
        var soon = at + dice.Between(1, 200);
        switch (moment)
        {
            case MomentName.ReceivedNotCommitted or MomentName.CommittedNotAcked:
                yield return Word(dice, soon);
                break;
            case MomentName.HandlersRun:
                yield return new Fault.Local(soon, dice.SomeNode(), EventKind.OutOfMemory, 0);
                yield return new Fault.Local(soon + dice.Between(0, 1_000), dice.SomeNode(), EventKind.OutOfMemory, 0);
                if (dice.Chance.Chance(1, 2))
                {
                    yield return new Fault.Panic(soon, dice.SomeNode(), 2_000, dice.Between(500, 4_000));
                }

                break;
            case MomentName.Electing:
                yield return dice.Chance.Chance(1, 2)
                    ? new Fault.ProcessCrash(soon, null, dice.Between(800, 2_000), 0)
                    : new Fault.PowerCut(soon, null, dice.Between(1_000, 3_000));
                break;
            case MomentName.Rejoining:
                yield return new Fault.ProcessCrash(soon, dice.SomeNode(), dice.Between(50, 1_000), 0);
                break;
            case MomentName.CatchUp:
                // What is said while a node is away must be given to it afterwards.
                var away = dice.Between(800, 2_000);
                yield return new Fault.ProcessCrash(soon, dice.SomeNode(), away, 0);
                for (var i = 0; i < 3; i++)
                {
                    yield return Word(dice, soon + dice.Chance.Below(away));
                }

                break;
            case MomentName.LastMillisecond:
                // A window whose word nobody can commit.
                foreach (var node in dice.All.Nodes())
                {
                    yield return new Fault.StalledDisk(soon, node, TimeSpan.FromMilliseconds(1_400));
                }

                var self = dice.SomeNode();
                yield return new Fault.Said(
                    soon + TimeSpan.FromMilliseconds(1),
                    self,
                    self,
                    EventKind.KernelReboot,
                    1 + (int)dice.Chance.Below(1_200)
                );
                break;
            case MomentName.GroupChange:
                // A voter, for others leave no seat.
                var voters = dice.Shape.Topology.ControlGroup;
                var voter = voters[(int)dice.Chance.Below(voters.Length)];
                yield return new Fault.PlannedStop(soon, voter, dice.Between(1_000, 3_000), null);
                yield return new Fault.Panic(
                    soon + dice.Between(500, 2_500),
                    voters[(int)dice.Chance.Below(voters.Length)],
                    2_000,
                    dice.Between(2_000, 6_000)
                );
                break;
            default:
                break;
        }
    }

    private static Fault.Local Word(Dice dice, TimeSpan at) =>
        dice.Chance.Chance(1, 3)
            ? new Fault.Local(at, dice.SomeNode(), EventKind.PowerOff, 2_000)
            : new Fault.Local(at, dice.SomeNode(), EventKind.MemoryFault, 0);
}
