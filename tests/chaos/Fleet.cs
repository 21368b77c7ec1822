using System.Diagnostics;
using System.Globalization;
using ClusterRas.Fabric;

namespace ClusterRas.Chaos;

/// <summary>The sixteen machines, and how we ask their rasd: by gRPC, as any operator's program.</summary>
internal sealed class Fleet : IDisposable
{
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(20);
    private readonly Site site;
    private readonly IReadOnlyList<NodeDoor> doors;
    private readonly Dictionary<int, int> boots = [];

    private Fleet(Site site, Topology map, IReadOnlyList<Machine> machines)
    {
        this.site = site;
        Machines = machines;
        doors = [.. map.Nodes.Select(node => new NodeDoor(node))];
    }

    /// <summary>As many as the incumbent has at most.</summary>
    public const int NodeCount = 16;

    public IReadOnlyList<Machine> Machines { get; }

    /// <summary>Lives that were started so far.</summary>
    public int Lives => boots.Values.Sum();

    /// <summary>Each life's recording, and whose it is.</summary>
    public IReadOnlyList<(string Name, string Path)> Recordings =>
        [
            .. Machines.SelectMany(m =>
                Enumerable
                    .Range(1, boots.GetValueOrDefault(m.Number))
                    .Select(life => ($"{m.Name} life {life}", RecordingOf(m, life)))
            ),
        ];

    /// <summary>Lives that we ended, paused or cut off, so that their silence is true.</summary>
    public HashSet<LifeName> TrulySilent { get; } = [];

    /// <summary>Makes bed and machines.</summary>
    public static async Task<Fleet> OpenAsync(Site site, CancellationToken stop)
    {
        var (map, machines) = await site.OpenAsync("chaos", NodeCount, stop);
        return new Fleet(site, map, machines);
    }

    public Machine this[int number] => Machines[number - 1];

    /// <summary>Starts a life, with a recording of its own.</summary>
    public void Boot(Machine machine)
    {
        var life = boots[machine.Number] = boots.GetValueOrDefault(machine.Number) + 1;
        machine.MoreOptions = ["--record", RecordingOf(machine, life)];
        machine.Boot();
    }

    /// <summary>What it shows; null: it does not answer.</summary>
    public async Task<Picture?> AskAsync(Machine machine, CancellationToken stop) =>
        machine.IsMeantToRun ? await doors[machine.Number - 1].AskAsync(stop) : null;

    /// <summary>The present master's own picture; null: there is none just now.</summary>
    public async Task<Picture?> MasterAsync(int? guess, CancellationToken stop)
    {
        if (guess is { } likely && await AskAsync(this[likely], stop) is { } own && own.Master == likely)
        {
            return own;
        }

        foreach (var machine in Machines.Where(m => m.IsMeantToRun))
        {
            if (await AskAsync(machine, stop) is { Master: { } named } view)
            {
                return named == machine.Number ? view
                    : await AskAsync(this[named], stop) is { } its && its.Master == named ? its
                    : null;
            }
        }

        return null;
    }

    /// <summary>Waits until every node shows the same master, and everybody up.</summary>
    /// <returns>How long it took once every rasd answered; null: longer than the limit.</returns>
    public async Task<TimeSpan?> SettleAsync(TimeSpan limit, CancellationToken stop)
    {
        long answeringSince = 0;
        var isSettled = await LookUntilAsync(
            views =>
            {
                if (!views.TrueForAll(view => view is not null))
                {
                    return false;
                }

                // Until here programs were starting, which is nothing that a cluster could hurry.
                answeringSince = answeringSince == 0 ? Stopwatch.GetTimestamp() : answeringSince;
                return views.TrueForAll(view =>
                    view!.Master is not null
                    && view.Master == views[0]!.Master
                    && view.Term == views[0]!.Term
                    && Machines.All(view.IsFit)
                );
            },
            limit,
            stop
        );
        return isSettled ? Stopwatch.GetElapsedTime(answeringSince) : null;
    }

    /// <summary>Waits until so few are starting that this machine's processors are enough for them, or for as long as the limit.</summary>
    /// <remarks>A rasd that starts beside a dozen others stands still for longer than its peers call it silent, and they are right.</remarks>
    public Task WaitForStartsAsync(int startingMax, TimeSpan limit, CancellationToken stop) =>
        LookUntilAsync(views => views.Count(view => view?.Master is null) <= startingMax, limit, stop);

    // What all machines show, again and again.
    private async Task<bool> LookUntilAsync(
        Predicate<List<Picture?>> isAsWanted,
        TimeSpan limit,
        CancellationToken stop
    )
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < limit)
        {
            CheckAlive();
            if (isAsWanted([.. await Task.WhenAll(Machines.Select(m => AskAsync(m, stop)))]))
            {
                return true;
            }

            await Task.Delay(100, stop);
        }

        return false;
    }

    /// <summary>What keeps the cluster from being whole, for people.</summary>
    public async Task<string> TroubleAsync(CancellationToken stop)
    {
        var all = await Task.WhenAll(Machines.Select(async m => (Machine: m, View: await AskAsync(m, stop))));
        return string.Join(
            "; ",
            all.Select(a =>
                a.View is not { } view ? $"{a.Machine.Name} does not answer"
                : Machines.Where(m => !view.IsFit(m)).Select(m => m.Name).ToList() is { Count: > 0 } unfit
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"{a.Machine.Name} (term {view.Term}, master {view.Master}) misses {string.Join(' ', unfit)}"
                    )
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{a.Machine.Name}: term {view.Term}, master {view.Master}"
                )
            )
        );
    }

    /// <summary>Holds every ledger against what was done.</summary>
    public LedgerVerdict JudgeLedgers(IReadOnlySet<LifeName> panics) =>
        Ledgers.Judge(
            [.. Machines.Select(m => new NodeLedger(m.Name, m.DataPath))],
            Machines.Select(LifeName.Of).ToHashSet(),
            panics,
            TrulySilent
        );

    /// <summary>Throws if a rasd has ended by itself.</summary>
    public void CheckAlive()
    {
        if (Machines.FirstOrDefault(m => m.HasFailed) is { } failed)
        {
            throw new BedFailedException($"rasd of {failed.Name} has ended by itself", failed);
        }
    }

    /// <summary>SIGTERM for everybody.</summary>
    public async Task<bool> StopAsync() =>
        (await Task.WhenAll(Machines.Select(m => m.StopAsync(StopWithin)))).All(took => took is not null);

    /// <inheritdoc />
    public void Dispose()
    {
        foreach (var door in doors)
        {
            door.Dispose();
        }

        foreach (var machine in Machines)
        {
            machine.Dispose();
        }
    }

    private string RecordingOf(Machine machine, int life) =>
        Path.Combine(site.Home, machine.Name, string.Create(CultureInfo.InvariantCulture, $"life-{life}.rec"));
}
