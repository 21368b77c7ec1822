using ClusterRas.Simulator.Faults.Kinds;

namespace ClusterRas.Simulator.Faults;

/// <summary>What operators do in a part of the lives: they move the master, change the map, and in some a majority is destroyed and they recover.</summary>
/// <param name="dice">Of its own, so that the rest of a plan does not hang on it.</param>
/// <param name="faults">Of the plan so far.</param>
internal sealed class OperatorStory(Dice dice, List<Fault> faults)
{
    /// <param name="mayLose">Nobody is gone for good or without its disk: what a recovery may break is not judged here, so
    /// what was committed must be on a disk that is left.</param>
    public void Draw(TimeSpan from, TimeSpan length, bool mayLose)
    {
        if (dice.Chance.Chance(1, 3))
        {
            for (var i = 1 + dice.Chance.Below(3); i > 0; i--)
            {
                faults.Add(new Fault.Handover(Some(), dice.AnyNode()));
            }
        }

        var isLost = mayLose && dice.Chance.Chance(1, 8);
        if (isLost)
        {
            // What a recovery needs to be named are the nodes of one map.
            faults.RemoveAll(static fault => fault is Fault.LostDisk or Fault.BitFlip or Fault.Apply);
            faults.Add(new Fault.LostMajority(Some(), dice.Chance.NextBits()));
        }

        if (!isLost && dice.Chance.Chance(1, 4))
        {
            for (var i = 1 + dice.Chance.Below(3); i > 0; i--)
            {
                faults.Add(OperatorKinds.DrawApply(dice, Some()));
            }
        }

        TimeSpan Some() => from + dice.Chance.Below(length);
    }
}
