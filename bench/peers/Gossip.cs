using System.Diagnostics;
using ClusterRas.Protocol;

namespace ClusterRas.PeersBench;

/// <summary>A peer whose every process says in its log who is there and who is gone.</summary>
internal abstract class Gossip(NamespaceBed bed, string home) : Contender
{
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(120);
    private readonly List<Agent> agents = [];

    /// <inheritdoc />
    public override int NodeCount => 16;

    /// <inheritdoc />
    public override IReadOnlyList<int> ProcessIds => [.. agents.Select(a => a.ProcessId).OfType<int>()];

    /// <inheritdoc />
    public override Task<int> DeclarationsAsync(CancellationToken stop) => Task.FromResult(Sightings.DeclarationsMax());

    protected Sightings Sightings { get; } = new();

    /// <summary>A folder of its own.</summary>
    protected string Home { get; } = home;

    protected abstract TimeSpan KnownWithin { get; }

    /// <summary>Program and arguments on one node.</summary>
    protected abstract (string File, IReadOnlyList<string> Arguments) CommandOf(int number);

    /// <summary>What a line of one node's log says about others, to <see cref="Sightings"/>.</summary>
    protected abstract void Read(int observer, string line);

    /// <inheritdoc />
    public override async Task StartAsync(CancellationToken stop)
    {
        Directory.CreateDirectory(Home);
        for (var number = 1; number <= NodeCount; number++)
        {
            var observer = number;
            var (file, arguments) = CommandOf(number);
            agents.Add(new Agent(bed, number, file, arguments, line => Read(observer, line)));
            agents[^1].Start();
        }

        await WholeAsync(agents, stop);
    }

    /// <inheritdoc />
    public override async Task<Detection?> DetectAsync(Kill kill, Prng prng, CancellationToken stop)
    {
        var victim = agents[(int)prng.Below(agents.Count)];
        var survivors = agents.Where(a => a != victim).Select(a => a.Number).ToList();
        var killedAt = Stopwatch.GetTimestamp();
        await victim.EndAsync(kill);
        var found = await Sightings.AwaitAsync(survivors, victim.Number, killedAt, KnownWithin, stop);
        Sightings.ForgetObserver(victim.Number);
        await victim.ReturnAsync();
        await WholeAsync([victim], stop);
        return found;
    }

    /// <inheritdoc />
    public override ValueTask DisposeAsync()
    {
        agents.ForEach(a => a.Dispose());
        return ValueTask.CompletedTask;
    }

    // All see those who are new, and they see all.
    private Task WholeAsync(IReadOnlyList<Agent> fresh, CancellationToken stop) =>
        UntilAsync(
            $"{Name} whole",
            StartWithin,
            () =>
                agents.Find(a => a.ProcessId is null) is { } ended
                    ? throw new BedFailedException($"{Name} on n{ended.Number:00} has ended by itself:\n{ended.Tail}")
                    : Task.FromResult(
                        fresh.All(f => Sightings.AllHave(agents.Select(a => a.Number), f.Number))
                            && agents.TrueForAll(a => Sightings.AllHave(fresh.Select(f => f.Number), a.Number))
                    ),
            stop
        );
}
