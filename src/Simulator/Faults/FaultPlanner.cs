using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Simulator.Moments;

namespace ClusterRas.Simulator.Faults;

/// <summary>Draws a <see cref="FaultPlan"/> from a seed: how many faults of which kinds, and when they begin.</summary>
internal sealed class FaultPlanner
{
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(5);

    // Primes, so that each pair of a life goes round in another order.
    private static readonly ulong[] DueSteps = [1, 1009, 2003, 3001, 4001, 5003];
    private const ulong GroupStorySalt = 0x6720_7570_5ea7_0001;
    private const ulong ProfileSalt = 0x9e0f_11e5_0fb3_a75;
    private const ulong OperatorStorySalt = 0x6f70_6572_a702_0001;
    private static readonly TimeSpan DueEvery = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan AfterMax = TimeSpan.FromMilliseconds(5);

    // Agents start within the first second, and with the last of them the cluster is founded.
    private const int FoundingFromMs = 200;
    private const int FoundingToMs = 1_100;
    private static readonly MomentName[] Moments =
    [
        .. Enum.GetValues<MomentName>().Where(name => name != MomentName.GroupChange || GroupEntries.Exist),
    ];

    // Moments that hardly come unless somebody waits for them have more turns.
    private static readonly MomentName[] Turns =
    [
        .. Moments,
        MomentName.Steady,
        MomentName.Electing,
        MomentName.HandlersRun,
        MomentName.CatchUp,
        MomentName.GroupChange,
        MomentName.LastMillisecond,
        MomentName.LastMillisecond,
    ];

    private readonly Dice dice;
    private readonly Prng chance;
    private readonly List<Fault> faults = [];

    private FaultPlanner(Dice dice) => (this.dice, chance) = (dice, dice.Chance);

    /// <summary>The plan of this seed.</summary>
    /// <param name="nodeCount">3, 5 or 16; null: drawn.</param>
    public static FaultPlan Draw(ulong seed, int? nodeCount)
    {
        var chance = new Prng(seed);
        var shape = Shape.Draw(chance, nodeCount);
        return new FaultPlanner(new Dice(chance, shape)).Draw(seed);
    }

    private FaultPlan Draw(ulong seed)
    {
        // A third of the lives are nearly quiet: there the promises of time apply, not only those of safety.
        var roughness = chance.Below(3);
        var length = TimeSpan.FromSeconds(8 + chance.Below(18));
        var faultsEnd = Calm + length;
        var due = roughness > 0 ? 3 * roughness : Math.Min(1, chance.Below(4));
        for (var i = 0L; i < due; i++)
        {
            // The first comes before anything else has upset the cluster.
            var from = Calm + (i * DueEvery);
            AddDue((seed * DueSteps[(int)i]) + (ulong)i, from < faultsEnd - DueEvery ? from : Calm);
        }

        var count = chance.Below(1 + roughness);
        for (var i = 0L; i < count; i++)
        {
            AddAnywhere(length);
        }

        if (chance.Chance(1, 5))
        {
            AddWhileFounding(FaultKinds.All[(int)chance.Below(FaultKinds.All.Length)]);
        }

        var words = 1 + chance.Below(4);
        for (var i = 0L; i < words; i++)
        {
            faults.Add(FaultKinds.Draw(FaultKinds.Words, dice).Draw(dice, Calm + chance.Below(length)));
        }

        new GroupStory(new Dice(new Prng(seed ^ GroupStorySalt), dice.Shape), faults).Draw(Calm, length, !dice.HasLost);
        new OperatorStory(new Dice(new Prng(seed ^ OperatorStorySalt), dice.Shape), faults).Draw(
            Calm,
            length,
            !dice.HasLost
        );
        var profile = ProfileOf(seed);
        faults.Sort(static (left, right) => left.At.CompareTo(right.At));
        var lastEnds = faults.Max(fault => EndsBy(fault, faultsEnd)) + TimeSpan.FromSeconds(12);
        // Slow rhythms take their time to agree again: elections of seconds, doubled with each that fails.
        var quietEnd = faultsEnd + TimeSpan.FromSeconds(profile == TimingProfile.Calm ? 120 : 20);
        var end = lastEnds > quietEnd ? lastEnds : quietEnd;
        var fast = chance.Chance(3, 4);
        var waitsForHandler = faults.Exists(fault => fault.When?.Name == MomentName.HandlersRun);
        return new FaultPlan(
            seed,
            dice.Shape,
            [.. Enumerable.Range(0, dice.Shape.NodeCount).Select(_ => chance.Below(TimeSpan.FromSeconds(1)))],
            chance.Chance(1, 5) ? dice.AnyNodes() : default,
            TimeSpan.FromMicroseconds(fast ? 30 : 500),
            TimeSpan.FromMicroseconds(fast ? 1500 : 20_000),
            TimeSpan.FromMilliseconds(chance.Chance(3, 4) ? 3 : 20),
            HandlerDraw.Draw(dice, waitsForHandler ? 2 : 0),
            [.. faults],
            faultsEnd,
            end,
            chance.Chance(1, 4) ? 4 + (int)chance.Below(12) : null
        )
        {
            OnRealLedger = FaultPlan.IsOnRealLedger(seed),
            Profile = profile,
        };
    }

    // By numbers of their own, so that a seed's faults are what they are under any profile.
    private static TimingProfile ProfileOf(ulong seed) =>
        new Prng(seed ^ ProfileSalt).Below(10) switch
        {
            0 => TimingProfile.Fast,
            1 => TimingProfile.Calm,
            _ => TimingProfile.Default,
        };

    /// <summary>Each pair of kind and moment is due in its turn, so that no pair has to wait for luck.</summary>
    private void AddDue(ulong turn, TimeSpan from)
    {
        var kinds = FaultKinds.Turns;
        var kind = kinds[(int)(turn % (ulong)kinds.Length)];
        var moment = (int)(turn / (ulong)kinds.Length % (ulong)(Turns.Length + 1));
        if (!kind.Fits(dice.Shape))
        {
            AddAnywhere(DueEvery);
        }
        else if (moment < Turns.Length)
        {
            AddAt(kind, new Moment(Turns[moment], TimeSpan.Zero), from + chance.Below(TimeSpan.FromSeconds(1)));
        }
        else
        {
            AddWhileFounding(kind);
        }
    }

    private void AddWhileFounding(FaultKind kind)
    {
        if (kind.NotBeforeFounding is null && kind.Fits(dice.Shape))
        {
            faults.Add(kind.Draw(dice, dice.Between(FoundingFromMs, FoundingToMs)));
        }
    }

    private void AddAnywhere(TimeSpan length)
    {
        var at = Calm + chance.Below(length);
        if (chance.Chance(1, 2))
        {
            var kinds = FaultKinds.All.Where(kind => kind.Fits(dice.Shape)).ToArray();
            var after = chance.Chance(1, 2) ? TimeSpan.Zero : chance.Below(AfterMax);
            var moment = new Moment(Moments[(int)chance.Below(Moments.Length)], after);
            AddAt(kinds[chance.Below(kinds.Length)], moment, at);
        }
        else
        {
            faults.Add(FaultKinds.Draw(FaultKinds.All, dice).Draw(dice, at));
        }
    }

    private void AddAt(FaultKind kind, Moment moment, TimeSpan at)
    {
        faults.Add(kind.Draw(dice, at) with { When = moment });
        faults.AddRange(Bait.For(moment.Name, dice, at));
    }

    // When windows are over and machines are back: the run goes on beyond that, so that each word ends in a stated way.
    private static TimeSpan EndsBy(Fault fault, TimeSpan faultsEnd)
    {
        var begins = fault.When is null ? fault.At : fault.At + World.Triggers.Patience;
        return (begins < faultsEnd ? begins : faultsEnd) + fault.Lasts;
    }
}
