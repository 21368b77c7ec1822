using System.CommandLine;
using System.Globalization;
using ClusterRas.PeersBench;

const int Interrupted = 130;
const int Failed = 1;
string[] known = ["rasd", "serf", "corosync", "etcd"];
string[] kinds = ["defaults", "tuned", "both"];

var trials = Whole("--trials", 30, "Trials of each kill; corosync at its defaults has 10 at most.", 1);
var idle = Whole("--idle", 60, "Seconds for the cost of doing nothing; 0: not measured.", 0);
var load = Whole("--load", 120, "Seconds of full processors in which false alarms are counted; 0: not measured.", 0);
var seed = Whole(
    "--seed",
    Random.Shared.Next(1, 1_000_000),
    "Draws victims and moments. Default: another each time.",
    0
);
var only = new Option<string[]>("--only")
{
    Description = $"One of {string.Join(' ', known)}. May be repeated. Default: all.",
};
only.AcceptOnlyFromAmong(known);
var settings = new Option<string>("--settings")
{
    Description = "defaults, tuned or both.",
    DefaultValueFactory = _ => "both",
};
settings.AcceptOnlyFromAmong(kinds);
var without = new Option<string[]>("--without") { Hidden = true };
var home = new Option<string>("--home") { Hidden = true, Required = true };
var rasd = new Option<string>("--rasd") { Hidden = true, Required = true };

var root = new RootCommand("Puts rasd and its peers through the same kills in the same namespaces.")
{
    trials,
    idle,
    load,
    seed,
    only,
    settings,
    without,
    home,
    rasd,
};
root.SetAction(
    async (parsed, stop) =>
    {
        var wanted = parsed.GetValue(only) is { Length: > 0 } some ? some : known;
        var options = new PeersOptions(
            parsed.GetValue(trials),
            TimeSpan.FromSeconds(parsed.GetValue(idle)),
            TimeSpan.FromSeconds(parsed.GetValue(load)),
            [.. wanted.Except(parsed.GetValue(without) ?? [])],
            parsed.GetValue(settings)!,
            (ulong)parsed.GetValue(seed),
            parsed.GetValue(home)!,
            parsed.GetValue(rasd)!
        );
        return await RunAsync(options, stop);
    }
);
var reading = root.Parse(args);
foreach (var error in reading.Errors)
{
    await Console.Error.WriteLineAsync($"peers: {error.Message}; ./x bench peers --help");
}

return reading.Errors.Count > 0 ? 2 : await reading.InvokeAsync();

static async Task<int> RunAsync(PeersOptions options, CancellationToken asked)
{
    // Our caller holds the other end of this pipe and writes nothing: the end of it is the end of our caller.
    using var stop = CancellationTokenSource.CreateLinkedTokenSource(asked);
    _ = Task.Run(
        () =>
        {
            using var life = Console.OpenStandardInput();
            while (life.ReadByte() >= 0) { }
            stop.Cancel();
        },
        CancellationToken.None
    );

    var bed = new NamespaceBed(options.Home, null);
    if (!bed.HasIPv6)
    {
        Console.WriteLine("peers: this kernel has no IPv6; nothing is measured");
        return Failed;
    }

    await bed.OpenAsync(16, stop.Token);
    var contenders = (
        from name in options.Names
        from isTuned in Enumerable.Range(0, 2).Select(n => n == 1)
        where options.Settings == "both" || isTuned == (options.Settings == "tuned")
        select Make(name, isTuned, bed, options)
    ).ToList();
    var comparison = new Comparison(options, contenders);
    Console.WriteLine(
        string.Create(
            CultureInfo.InvariantCulture,
            $"peers: seed={options.Seed}; about {comparison.TotalTakes.TotalMinutes:0} minutes on a quiet machine, until {DateTime.Now + comparison.TotalTakes:HH:mm}"
        )
    );
    try
    {
        await comparison.RunAsync(stop.Token);
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        return Interrupted;
    }

    Sheet.Print(Console.Out, options, comparison.Outcomes);
    return comparison.Outcomes.TrueForAll(o => o.Failure.Length == 0) ? 0 : Failed;
}

static Contender Make(string name, bool isTuned, NamespaceBed bed, PeersOptions options)
{
    var home = Path.Combine(options.Home, name + (isTuned ? "-tuned" : "-defaults"));
    return name switch
    {
        "rasd" => new Ours(bed, home, options.Rasd, isTuned),
        "serf" => new Serf(bed, home, isTuned),
        "corosync" => new Corosync(bed, home, isTuned),
        "etcd" => new Etcd(bed, home, isTuned),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "no such contender"),
    };
}

static Option<int> Whole(string name, int value, string what, int min)
{
    var option = new Option<int>(name) { Description = what, DefaultValueFactory = _ => value };
    option.Validators.Add(found =>
    {
        if (found.GetValueOrDefault<int>() < min)
        {
            found.AddError($"{name} takes {min} or more");
        }
    });
    return option;
}
