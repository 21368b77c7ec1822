using ClusterRas.Protocol;

namespace ClusterRas.Chaos;

/// <summary>Who plays what in one trial, drawn by its seed among those who are fit.</summary>
internal sealed class Cast
{
    private readonly Dictionary<Actor, Machine> parts = [];

    private Cast(Picture picture) => Picture = picture;

    /// <summary>The cluster as the master showed it when the trial began.</summary>
    public Picture Picture { get; }

    /// <summary>All who die, the victim first.</summary>
    public IReadOnlyList<Machine> Victims { get; private init; } = [];

    public Machine this[Actor actor] => parts[actor];

    /// <summary>Draws; null: too few are fit, or a voter is not.</summary>
    /// <param name="dying">How many die at once.</param>
    /// <param name="isApart">The master is told nothing.</param>
    public static Cast? Draw(Fleet fleet, Picture picture, int dying, bool isApart, Prng prng)
    {
        var fit = fleet.Machines.Where(picture.IsFit).ToList();
        var voters = picture.Voters;
        if (
            picture.Master is not { } master
            || fit.Count < dying + 5
            || voters.Any(v => !fit.Contains(fleet[v]))
            || voters.Count < 5
        )
        {
            return null;
        }

        var free = Shuffled(fit.Where(m => m.Number != master), prng);
        var spared = voters.Count / 2;
        var victims = new List<Machine>();
        foreach (var machine in free)
        {
            // A majority of the voters lives.
            var isVoter = voters.Contains(machine.Number);
            if (victims.Count < dying && (!isVoter || spared > 0))
            {
                victims.Add(machine);
                spared -= isVoter ? 1 : 0;
            }
        }

        var rest = free.Except(victims).ToList();
        var cast = new Cast(picture) { Victims = victims };
        cast.parts[Actor.Master] = fleet[master];
        cast.parts[Actor.Victim] = victims[0];
        cast.parts[Actor.Witness] = rest[0];
        cast.parts[Actor.Bystander] = rest[1];
        cast.parts[Actor.Second] = prng.Chance(1, 4) && !isApart ? fleet[master] : rest[2];
        return cast;
    }

    /// <summary>In an order that the seed gives.</summary>
    public static List<T> Shuffled<T>(IEnumerable<T> items, Prng prng)
    {
        var list = items.ToList();
        for (var i = list.Count - 1; i > 0; i--)
        {
            var j = (int)prng.Below(i + 1);
            (list[i], list[j]) = (list[j], list[i]);
        }

        return list;
    }
}
