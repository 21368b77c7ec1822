using System.Diagnostics;
using ClusterRas.Protocol;

namespace ClusterRas.Chaos;

/// <summary>What one trial has done to the cluster so far.</summary>
internal sealed class Play(Fleet fleet, Switch @switch, Scenario scenario, Trial trial, Cast cast, Prng prng)
    : IDisposable
{
    private static readonly int[] Both = [0, 1];
    private readonly CancellationTokenSource flapping = new();
    private IReadOnlyList<IReadOnlyList<int>> groups = [];
    private Task flap = Task.CompletedTask;

    public Scenario Scenario { get; } = scenario;

    public Trial Trial { get; } = trial;

    public Cast Cast { get; } = cast;

    /// <summary>The die where a step names none.</summary>
    public int Die { get; } =
        scenario.Steps.OfType<Step.CutLink>().FirstOrDefault()?.Die is { } fixedDie and >= 0
            ? fixedDie
            : (int)prng.Below(BedMap.DieCount);

    /// <summary>Directions that were cut and whose coming back is measured.</summary>
    public List<(int From, int To, int Die)> Ways { get; } = [];

    public List<Machine> Dead { get; } = [];

    public List<Machine> Killed { get; } = [];

    public List<Machine> Paused { get; } = [];

    public Load? Load { get; set; }

    /// <summary>When somebody was last brought down.</summary>
    public long EndedAt { get; set; }

    public long MendedAt { get; set; }

    /// <summary>The link whose heartbeats count; null: the scenario does not ask for a gap.</summary>
    public (int From, int To)? Gap { get; set; }

    public bool IsCut { get; private set; }

    /// <summary>The switch drops what is cut, and counts it.</summary>
    public bool IsSilentCut { get; private set; }

    /// <summary>A planted fault: one of the cuts stays in force though it is told as mended.</summary>
    public bool KeepsOneCut { get; init; }

    /// <summary>Its process has not ended, and does not stand still.</summary>
    public bool Runs(int number) => !Dead.Concat(Killed).Concat(Paused).Any(m => m.Number == number);

    /// <summary>This step cuts that direction.</summary>
    public bool Hits(Step step, (int From, int To, int Die) way) =>
        step switch
        {
            Step.CutLink link => DiesOf(link.Die).Contains(way.Die) && IsEnd(link.From, way) && IsEnd(link.To, way),
            Step.CutRail rail => DiesOf(rail.Die).Contains(way.Die) && IsEnd(rail.Whose, way),
            Step.Unplug plug => DiesOf(plug.Die).Contains(way.Die) && IsEnd(plug.Whose, way),
            Step.Flap flaps => DiesOf(flaps.Die).Contains(way.Die) && IsEnd(flaps.Whose, way),
            Step.Delay delay => DiesOf(delay.Die).Contains(way.Die) && IsEnd(delay.Whose, way),
            Step.Throttle throttle => DiesOf(throttle.Die).Contains(way.Die) && IsEnd(throttle.Whose, way),
            _ => true,
        };

    /// <summary>Changes the switch.</summary>
    public async Task CutAsync(Step step, CancellationToken stop)
    {
        var from = Stopwatch.GetTimestamp();
        IsCut = true;
        IsSilentCut |= step is not (Step.Unplug or Step.BridgeDown);
        switch (step)
        {
            case Step.CutLink link:
                var (a, b) = (Cast[link.From].Number, Cast[link.To].Number);
                var dies = DiesOf(link.Die);
                var ways = dies.Select(die => (a, b, die))
                    .Concat(link.IsOneWay ? [] : dies.Select(die => (b, a, die)))
                    .ToList();
                Ways.AddRange(ways);
                await @switch.CutLinksAsync(ways);
                break;
            case Step.CutRail rail:
                AddRail(Cast[rail.Whose], rail.Die);
                await @switch.CutRailsAsync(Cast[rail.Whose].Number, DiesOf(rail.Die));
                break;
            case Step.Unplug plug:
                AddRail(Cast[plug.Whose], plug.Die);
                foreach (var die in DiesOf(plug.Die))
                {
                    await @switch.UnplugAsync(Cast[plug.Whose].Number, die);
                }

                break;
            case Step.BridgeDown bridge:
                Ways.Add((Cast[Actor.Witness].Number, Cast[Actor.Master].Number, bridge.Die));
                Ways.Add((Cast[Actor.Master].Number, Cast[Actor.Witness].Number, bridge.Die));
                await @switch.BridgeDownAsync(bridge.Die);
                break;
            case Step.Lose lose:
                await @switch.LoseAsync(lose.Percent);
                break;
            case Step.Split split:
                await SplitAsync(split);
                break;
            case Step.Flap flaps:
                flap = FlapAsync(flaps, flapping.Token);
                break;
            default:
                throw new UnreachableException();
        }

        Trial.Cut = Trial.Cut.From == 0 ? (from, Stopwatch.GetTimestamp()) : Trial.Cut;
        stop.ThrowIfCancellationRequested();
    }

    /// <summary>Puts relays into rails, or changes how slow they are.</summary>
    public async Task SlowAsync(Step step, CancellationToken stop)
    {
        var (whose, die, change) = step switch
        {
            Step.Delay delay => (
                delay.Whose,
                delay.Die,
                new Func<Slowness, Slowness>(s => s with { Delay = delay.For, Jitter = delay.Jitter })
            ),
            Step.Throttle throttle => (
                throttle.Whose,
                throttle.Die,
                s => s with { BytesPerSecond = throttle.BytesPerSecond }
            ),
            _ => throw new UnreachableException(),
        };
        AddWays(Cast[whose], DiesOf(die));
        foreach (var rail in DiesOf(die))
        {
            await @switch.SlowAsync(Cast[whose].Number, rail, change, prng.NextBits());
        }

        stop.ThrowIfCancellationRequested();
    }

    /// <summary>Ends a flapping rail, whole.</summary>
    public async Task StopFlappingAsync()
    {
        await flapping.CancelAsync();
        await flap;
    }

    /// <summary>Two kernels that are told; in a split cluster one of each side.</summary>
    public IReadOnlyList<Machine> WitnessesOf(Machine victim, IReadOnlyList<Machine> dying)
    {
        bool CanSee(Machine m) => m != victim && !dying.Contains(m) && Runs(m.Number);
        if (groups.Count > 0)
        {
            return
            [
                .. groups
                    .Select(group => Cast.Shuffled(group.Select(n => fleet[n]).Where(CanSee), prng).FirstOrDefault())
                    .OfType<Machine>(),
            ];
        }

        if (dying.Count == 1)
        {
            var named = new[] { Cast[Actor.Witness], Cast[Actor.Second] }.Where(CanSee).ToList();
            return named.Count == 2 ? named : [.. named.Append(Cast[Actor.Bystander]).Where(CanSee).Take(2)];
        }

        return [.. Cast.Shuffled(fleet.Machines.Where(m => CanSee(m) && Cast.Picture.IsFit(m)), prng).Take(2)];
    }

    /// <summary>By the state of the switch: this node and those that it reaches are a majority of the voters.</summary>
    public bool ReachesMajority(Machine witness)
    {
        int[] live = [.. fleet.Machines.Where(m => m.IsMeantToRun && Runs(m.Number)).Select(m => m.Number)];
        var reached = @switch.Roads.ReachableFrom(witness.Number, live);
        var voters = Cast.Picture.Voters;
        return voters.Count(reached.Contains) > voters.Count / 2;
    }

    /// <inheritdoc />
    public void Dispose()
    {
        flapping.Dispose();
        Load?.Dispose();
    }

    private int[] DiesOf(int? die) =>
        die switch
        {
            null => [Die],
            < 0 => Both,
            { } one => [one],
        };

    private bool IsEnd(Actor actor, (int From, int To, int Die) way) =>
        Cast[actor].Number is var number && (way.From == number || way.To == number);

    private void AddRail(Machine whose, int? die)
    {
        var dies = DiesOf(die);
        if (dies.Length == BedMap.DieCount)
        {
            fleet.TrulySilent.Add(LifeName.Of(whose));
        }

        AddWays(whose, dies);
    }

    private void AddWays(Machine whose, int[] dies)
    {
        // The way to the master stands for all of them.
        var peer = whose == Cast[Actor.Master] ? Cast[Actor.Bystander] : Cast[Actor.Master];
        foreach (var rail in dies)
        {
            Ways.Add((whose.Number, peer.Number, rail));
            Ways.Add((peer.Number, whose.Number, rail));
        }
    }

    private async Task SplitAsync(Step.Split split)
    {
        var order = new Queue<int>(Cast.Shuffled(fleet.Machines.Select(m => m.Number), prng));
        groups = [.. split.Sizes.Select(size => Enumerable.Range(0, size).Select(_ => order.Dequeue()).ToList())];
        fleet.TrulySilent.UnionWith(fleet.Machines.Select(LifeName.Of));
        var ways =
            from one in groups
            from other in groups
            where one != other
            from a in one
            from b in other
            from die in Both
            select (a, b, die);
        await @switch.CutLinksAsync([.. ways]);
        Trial.Cast +=
            "; sides " + string.Join(" | ", groups.Select(g => string.Join(' ', g.Order().Select(BedMap.NameOf))));
        Ways.AddRange(
            groups[0]
                .Take(1)
                .SelectMany(a =>
                    groups[1].Take(1).SelectMany(b => Both.SelectMany(d => new[] { (a, b, d), (b, a, d) }))
                )
        );
    }

    private async Task FlapAsync(Step.Flap step, CancellationToken end)
    {
        var number = Cast[step.Whose].Number;
        var die = DiesOf(step.Die)[0];
        AddRail(Cast[step.Whose], die);
        for (var i = 0; i < step.Times && !end.IsCancellationRequested; i++)
        {
            await @switch.CutRailsAsync(number, [die]);
            await Task.Delay(step.Every, end).ContinueWith(_ => { }, TaskScheduler.Default);
            Trial.Dropped += await Switch.DroppedAsync();
            await @switch.MendRailAsync(number, die);
            await Task.Delay(step.Every, end).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }
}
