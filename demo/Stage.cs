using System.Diagnostics;
using ClusterRas.Fabric;

namespace ClusterRas.Demo;

/// <summary>What all steps of the story share: the bed, the machines on it, and how to wait for something.</summary>
internal sealed class Stage : IAsyncDisposable
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Nothing runs yet; <see cref="OpenAsync"/> sets it up.</summary>
    public Stage(DemoOptions options, Bed bed, Timeline timeline, CancellationToken stop)
    {
        Options = options;
        Site = new Site(options.Home, options.Rasd, bed);
        Timeline = timeline;
        Stop = stop;
        Expectations = new Expectations(timeline);
        Operator = new Operator(this);
    }

    public DemoOptions Options { get; }

    public Site Site { get; }

    public Bed Bed => Site.Bed;

    public Timeline Timeline { get; }

    public Expectations Expectations { get; }

    public Operator Operator { get; }

    /// <summary>Ends every wait: somebody wants the demo to end, or it takes too long.</summary>
    public CancellationToken Stop { get; }

    /// <summary>The one file that every rasd and rasctl reads.</summary>
    public string TopologyPath => Site.TopologyPath;

    /// <summary>All machines, n01 first.</summary>
    public IReadOnlyList<Machine> Machines { get; private set; } = [];

    /// <summary>The machines whose rasd should answer.</summary>
    public IReadOnlyList<Machine> Running => [.. Machines.Where(m => m.IsMeantToRun)];

    /// <summary>What is being waited for, for the message when it takes too long.</summary>
    public string WaitingFor { get; private set; } = "the start";

    /// <summary>The machine of that name.</summary>
    public Machine this[string name] => Machines.Single(m => m.Name == name);

    /// <summary>Makes bed, map and machines.</summary>
    public async Task<Topology> OpenAsync()
    {
        WaitingFor = "the bed";
        (var map, Machines) = await Site.OpenAsync("demo", Options.Nodes, Stop);
        return map;
    }

    /// <summary>Asks again until there is an answer.</summary>
    /// <param name="what">What does not come, in the message if it does not.</param>
    /// <param name="limit">The latest for the answer.</param>
    /// <param name="ask">Null: not yet.</param>
    /// <param name="concerned">Whose log to show.</param>
    public async Task<T> UntilAsync<T>(string what, TimeSpan limit, Func<Task<T?>> ask, Machine? concerned = null)
        where T : class
    {
        WaitingFor = what;
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            if (await ask() is { } answer)
            {
                return answer;
            }

            if (Machines.FirstOrDefault(m => m.HasFailed) is { } failed)
            {
                throw new BedFailedException($"rasd of {failed.Name} has ended by itself", failed);
            }

            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                throw new BedFailedException($"{what}: not within {limit.TotalSeconds:0} s", concerned);
            }

            await Task.Delay(PollEvery, Stop);
        }
    }

    /// <summary>One question to many machines, each for itself; as many at a time as make sense here.</summary>
    public static async Task<IReadOnlyList<(Machine Machine, T? Answer)>> AskEachAsync<T>(
        IEnumerable<Machine> machines,
        Func<Machine, Task<T?>> ask
    )
        where T : class => await Task.WhenAll(machines.Select(async machine => (machine, await ask(machine))));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var machine in Machines)
        {
            machine.Dispose();
        }

        Operator.Dispose();
        await Bed.DisposeAsync();
    }
}
