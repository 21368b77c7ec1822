using System.Globalization;
using ClusterRas.Chaos;

const int Held = 0;
const int NotHeld = 1;
const int Misused = 2;
const int Interrupted = 130;
const string Headline = "between-heartbeats";

// The relay in a slow rail is this program too, started by itself.
if (args is [SlowRelay.Verb, var near, var far, var seed])
{
    return SlowRelay.Run(near, far, ulong.Parse(seed, NumberStyles.None, CultureInfo.InvariantCulture));
}

ChaosOptions options;
List<Scenario> scenarios;
Scenario headline;
try
{
    options = ChaosOptions.Parse(args);
    scenarios =
    [
        .. Directory.EnumerateFiles(options.Scenarios, "*.txt").Order(StringComparer.Ordinal).Select(Scenario.Read),
    ];
    headline =
        scenarios.Find(s => s.Name == Headline)
        ?? throw new ArgumentException($"{options.Scenarios} has no {Headline}.txt, which every run may need");
    var unknown = options.Names.Where(name => !scenarios.Exists(s => s.Name == name)).ToList();
    if (unknown.Count > 0)
    {
        throw new ArgumentException(
            $"no scenario {unknown[0]}; there are {string.Join(' ', scenarios.Select(s => s.Name))}"
        );
    }
}
catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
{
    await Console.Error.WriteLineAsync($"chaos: {e.Message}");
    return Misused;
}

// Our caller holds the other end of this pipe and writes nothing: the end of it is the end of our caller.
using var stop = new CancellationTokenSource();
_ = Task.Run(() =>
{
    using var life = Console.OpenStandardInput();
    while (life.ReadByte() >= 0) { }
    stop.Cancel();
});

// A count alone is the headline; a bounded run gives each of the others one trial and the headline the rest.
IReadOnlyList<string> names = options is { Names: [], Count: not null } or { Names: [], Planted: not null }
    ? [Headline]
    : options.Names;
scenarios =
[
    .. scenarios
        .Where(s => names.Count == 0 || names.Contains(s.Name))
        .OrderBy(s => s.Name == Headline && options.For is not null),
];
int? CountOf(Scenario scenario) =>
    options.Count
    ?? (
        options.For is null ? null
        : scenario.Name == Headline ? int.MaxValue / 4
        : 1
    );

var again =
    string.Join(' ', names.Select(n => $"--scenario {n} ")) + (options.Count is { } count ? $"--count {count} " : "");
Console.WriteLine($"chaos: seed={options.Seed} commit={options.Commit}; again: ./x chaos {again}--seed {options.Seed}");
var bed = new NamespaceBed(options.Home, null);
if (!bed.HasIPv6)
{
    Console.WriteLine("chaos: skipped: this kernel has no IPv6\n0 passed, 0 failed, 1 skipped");
    return Held;
}

var site = new Site(options.Home, options.Rasd, bed);
using var fleet = await Fleet.OpenAsync(site, stop.Token);
var director = new Director(options, fleet, new Switch(bed, site), new HeartbeatTap(), new PauseWatch(), stop.Token);
string? failure = null;
try
{
    await director.StartAsync();
    foreach (var scenario in scenarios)
    {
        await director.PlayAsync(scenario, CountOf(scenario));
    }

    if (options.Planted is { } planted)
    {
        await director.PlantAndLookAsync(planted, headline);
    }
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    return Interrupted;
}
catch (BedFailedException e)
{
    failure = e.Message;
    director.Say($"cannot go on: {e.Message}");
    foreach (var line in e.Machine?.LogTail() ?? [])
    {
        Console.WriteLine($"    {e.Machine?.Name} | {line}");
    }
}

var isStopped = await fleet.StopAsync();
director.Say(
    isStopped
        ? "all rasd have stopped on SIGTERM; now their recordings"
        : "some rasd did not stop on SIGTERM within 20 s"
);
var replays = Replays.Run(fleet.Recordings, options.For is { } whole ? whole * 0.25 : TimeSpan.FromHours(1));
director.Say(
    string.Create(
        CultureInfo.InvariantCulture,
        $"replayed {replays.Agreeing} of {fleet.Recordings.Count} recordings through the same core: {replays.Steps} steps, {replays.Findings.Count} do not agree"
    ) + (replays.NotPlayed > 0 ? $"; {replays.NotPlayed} for which there was no time" : "")
);
var verdict = new RunVerdict(director.Results, replays, failure, isStopped, director.PlantSeen, options);
new ReportFolder(options, verdict, fleet).Write();
verdict.Print(Console.Out);
return verdict.Failed == 0 ? Held : NotHeld;
