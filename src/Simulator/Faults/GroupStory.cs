using ClusterRas.Simulator.Faults.Kinds;

namespace ClusterRas.Simulator.Faults;

/// <summary>What makes a control group change, put together in a part of the lives: deaths with words, one after the other,
/// a stop that is planned, a disk that is lost, and bad luck in the middle of a change.</summary>
/// <param name="dice">Of its own, so that the rest of a plan does not hang on it.</param>
/// <param name="faults">Of the plan so far.</param>
internal sealed class GroupStory(Dice dice, List<Fault> faults)
{
    /// <param name="mayLose">Nobody is gone for good or without its disk; else a disk more may be one too many.</param>
    public void Draw(TimeSpan from, TimeSpan length, bool mayLose)
    {
        if (!dice.Chance.Chance(1, 3))
        {
            return;
        }

        var at = dice.Chance.Below(length / 2);
        faults.Add(GroupKinds.DrawDeaths(dice, from + at, length - at));
        if (dice.Chance.Chance(1, 2))
        {
            faults.Add(GroupKinds.DrawStop(dice, Some()));
        }

        if (mayLose && dice.Chance.Chance(1, 4))
        {
            faults.Add(new Fault.LostDisk(Some(), dice.AnyNode(), dice.Between(1_000, 8_000)));
        }

        for (var i = dice.Chance.Below(4); i > 0; i--)
        {
            faults.Add(GroupKinds.DrawUnluckySeat(dice, Some()));
        }

        TimeSpan Some() => from + dice.Chance.Below(length);
    }
}
