using System.CommandLine;
using System.Runtime.InteropServices;
using ClusterRas.AckBench;

const int Done = 0;
const int Broken = 1;
const int Misused = 2;
const int Interrupted = 130;

if (args is ["echo", var at, .. var next])
{
    return await EchoHost.RunAsync(at, next.FirstOrDefault());
}

var root = FindRoot();
var events = new Option<int>("--events")
{
    Description = "Events of the longest load.",
    DefaultValueFactory = _ => 1000,
};
var nodes = new Option<int>("--nodes")
{
    Description = "Nodes of the cluster, 3 to 16.",
    DefaultValueFactory = _ => 16,
};
var data = new Option<string>("--data")
{
    Description = "Folder for the ledgers; on a file system whose fsync is real.",
    DefaultValueFactory = _ => Path.Combine(root, "artifacts", "bench"),
};
var markdown = new Option<string?>("--markdown") { Description = "Writes the result there, too." };
var keep = new Option<bool>("--keep") { Description = "Leaves the nodes' ledgers and logs." };
var rasd = new Option<string>("--rasd")
{
    Description = "The program to measure.",
    DefaultValueFactory = _ =>
        Environment.GetEnvironmentVariable("CLUSTERRAS_RASD")
        ?? Path.Combine(root, "artifacts", "bin", "ClusterRas.Node", "release", "rasd"),
};
var command = new RootCommand("From a raise to its release: 16 real nodes on loopback, each ledger with fsync.")
{
    events,
    nodes,
    data,
    markdown,
    keep,
    rasd,
};
command.SetAction(parsed =>
    RunAsync(
        new BenchOptions(
            parsed.GetValue(events),
            parsed.GetValue(nodes),
            Path.GetFullPath(parsed.GetValue(data)!),
            parsed.GetValue(markdown),
            Path.GetFullPath(parsed.GetValue(rasd)!),
            parsed.GetValue(keep),
            string.Join(' ', ["./x bench ack", .. args])
        )
    )
);
var result = command.Parse(args);
if (result.Errors.Count > 0)
{
    foreach (var error in result.Errors)
    {
        await Console.Error.WriteLineAsync($"bench ack: {error.Message}");
    }

    return Misused;
}

return await result.InvokeAsync();

async Task<int> RunAsync(BenchOptions options)
{
    if (Refusal(options) is { } refusal)
    {
        await Console.Error.WriteLineAsync($"bench ack: {refusal}");
        return Misused;
    }

    using var stop = new CancellationTokenSource();
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    using var term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);
    try
    {
        await Bench.RunAsync(options, root, stop.Token);
        return Done;
    }
    catch (BenchFailedException broken)
    {
        await Console.Error.WriteLineAsync($"bench ack: {broken.Message}");
        return Broken;
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        await Console.Error.WriteLineAsync("bench ack: stopped");
        return Interrupted;
    }

    void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        stop.Cancel();
    }
}

static string? Refusal(BenchOptions options)
{
    if (options.Events is < 16 or > 100_000)
    {
        return $"--events {options.Events}: expected 16 to 100000";
    }

    if (options.Nodes is < 3 or > 16)
    {
        return $"--nodes {options.Nodes}: expected 3 to 16";
    }

    if (!File.Exists(options.Rasd))
    {
        return $"{options.Rasd} is not there; build first: ./x build";
    }

    try
    {
        Directory.CreateDirectory(options.Data);
    }
    catch (Exception error) when (error is IOException or UnauthorizedAccessException)
    {
        return $"--data {options.Data}: {error.Message}";
    }

    return Surroundings.FileSystemOf(options.Data) is ("tmpfs" or "ramfs") and var kind
        ? $"--data {options.Data} is on {kind}, where fsync costs nothing; expected a file system on a disk"
        : null;
}

static string FindRoot()
{
    for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
    {
        if (File.Exists(Path.Combine(folder.FullName, "ClusterRas.sln")))
        {
            return folder.FullName;
        }
    }

    return Environment.CurrentDirectory;
}
