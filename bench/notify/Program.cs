using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using ClusterRas.AckBench;
using ClusterRas.NotifyBench;

const int WarmUps = 10;
const int NodeCount = 3;
const double AimMs = 100;
var within = TimeSpan.FromSeconds(30);
var rest = TimeSpan.FromMilliseconds(50);

var count = 200;
if (args is [var said] && int.TryParse(said, CultureInfo.InvariantCulture, out var given) && given is >= 10 and <= 900)
{
    count = given;
}
else if (args.Length > 0)
{
    await Console.Error.WriteLineAsync(
        $"bench notify: \"{string.Join(' ', args)}\"; expected nothing, or a number of incidents, 10 to 900"
    );
    return 2;
}

var root = Root();
var home = Directory
    .CreateDirectory(Path.Combine(root, "artifacts", "bench", $"notify-{Environment.ProcessId}"))
    .FullName;
var surroundings = new Surroundings(root, home);
var rasd =
    Environment.GetEnvironmentVariable("CLUSTERRAS_RASD")
    ?? Path.Combine(root, "artifacts", "bin", "ClusterRas.Node", "release", "rasd");
using var stop = new CancellationTokenSource();
try
{
    using var janitor = new Janitor();
    using var fleet = new Fleet(NodeCount, home);
    var address = $"http://127.79.9.1:{fleet.Port}/";
    using var receiver = new Receiver(address);
    var channels = Path.Combine(home, "notifications.json");
    await File.WriteAllTextAsync(
        channels,
        $$"""{ "version": 1, "channels": [{ "name": "bench", "webhook": "{{address}}" }] }"""
    );
    foreach (var machine in fleet.Machines)
    {
        machine.Options.AddRange(["--notifications", channels]);
    }

    fleet.Start(janitor, rasd);
    var master = await fleet.SettledAsync(stop.Token);
    var samples = new List<Sample>();
    for (var i = 0; i < count + WarmUps; i++)
    {
        var sample = await fleet.Machines[^1].Calls.SayAsync(stop.Token);
        if (i >= WarmUps)
        {
            samples.Add(sample);
        }

        await Task.Delay(rest);
    }

    var start = Stopwatch.GetTimestamp();
    while (receiver.Count < count + WarmUps)
    {
        if (Stopwatch.GetElapsedTime(start) > within)
        {
            throw new BenchFailedException(
                $"{receiver.Count} of {count + WarmUps} notices came within {within.TotalSeconds} s"
            );
        }

        await Task.Delay(rest);
    }

    var bare = await BareAsync(address, count);
    var notices = Committed(master.LogPath)
        .Order()
        .Skip(WarmUps)
        .Select(one =>
            (receiver.Of(one.Incident) ?? throw new BenchFailedException($"incident {one.Incident} was not told"))
            - one.At
        );
    var told = Quantiles.Of(notices);
    var acked = Quantiles.Of(samples.Select(sample => sample.Lasted));
    foreach (var line in surroundings.Lines("./x bench notify"))
    {
        Console.WriteLine(line);
    }

    Console.WriteLine($"{NodeCount} nodes, one incident at a time, {told.Count} incidents");
    Console.WriteLine();
    Tell("committed at the master -> at the receiver", told);
    Tell("said at a witness -> acked (one commit)", acked);
    Tell("a bare POST -> at the receiver", bare);
    Console.WriteLine();
    Console.WriteLine(
        string.Create(
            CultureInfo.InvariantCulture,
            $"p50 is {told.P50Ms / (acked.P50Ms + bare.P50Ms):0.0} times that of one commit and one bare POST; aim: under {AimMs} ms; p99 {told.P99Ms:0.0} ms {(told.P99Ms < AimMs ? "meets it" : "misses it")}"
        )
    );
    return 0;
}
catch (BenchFailedException broken)
{
    await Console.Error.WriteLineAsync($"bench notify: {broken.Message}");
    return 1;
}
finally
{
    Directory.Delete(home, recursive: true);
}

static void Tell(string what, Quantiles one) =>
    Console.WriteLine(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{what, -46} p50 {one.P50Ms, 7:0.00} ms   p99 {one.P99Ms, 7:0.00} ms   max {one.MaxMs, 7:0.00} ms"
        )
    );

// What a webhook costs without anybody who decides.
static async Task<Quantiles> BareAsync(string address, int count)
{
    using var http = new HttpClient();
    using var heard = new Receiver(address + "bare/");
    var lasted = new List<long>();
    for (var i = 1; i <= count; i++)
    {
        using var body = new StringContent($$"""{ "incident": {{i}} }""", Encoding.UTF8, "application/json");
        var start = Stopwatch.GetTimestamp();
        using var answer = await http.PostAsync(new Uri(address + "bare/"), body);
        lasted.Add(heard.Of(i)!.Value - start);
    }

    return Quantiles.Of(lasted.Skip(WarmUps));
}

static IEnumerable<(long Incident, long At)> Committed(string logPath)
{
    foreach (var line in File.ReadLines(logPath))
    {
        if (Lines.Opened().Match(line) is { Success: true } match)
        {
            yield return (
                long.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture),
                (long)(decimal.Parse(match.Groups["mono"].ValueSpan, CultureInfo.InvariantCulture) * 1_000_000_000)
            );
        }
    }
}

static string Root()
{
    var folder = new DirectoryInfo(AppContext.BaseDirectory);
    while (folder.Parent is { } parent && !File.Exists(Path.Combine(folder.FullName, "ClusterRas.sln")))
    {
        folder = parent;
    }

    return folder.FullName;
}

internal static partial class Lines
{
    [GeneratedRegex(@"^\S+ mono=(?<mono>[0-9.]+) \S+ incident\.opened: Incident (?<number>\d+) ")]
    public static partial Regex Opened();
}
