using System.Diagnostics;
using System.Globalization;
using System.Text;
using ClusterRas.Fabric;
using ClusterRas.Fabric.Drafts;
using ClusterRas.Fabric.Rules;
using ClusterRas.Sentry.Settings;
using ClusterRas.TopologyBench;

// ./x bench topology [FILE]: how long the rules take; the table goes to standard output, and into FILE.
const int Rounds = 9;
const int Starts = 21;
const int FileAimMs = 1000;
const int StartAimMs = 150;

var root = new DirectoryInfo(AppContext.BaseDirectory);
while (root is not null && !File.Exists(Path.Combine(root.FullName, "ClusterRas.sln")))
{
    root = root.Parent;
}

var rasctl =
    Environment.GetEnvironmentVariable("CLUSTERRAS_RASCTL")
    ?? Path.Combine(root!.FullName, "artifacts", "bin", "ClusterRas.Ctl", "release", "rasctl");
var page = new StringBuilder();
Say(
    $"{Environment.ProcessorCount} processors, .NET {Environment.Version}; the median of {Rounds} runs after as many to warm up"
);
if (OperatingSystem.IsLinux())
{
    // What else runs here decides more about the times than anything else: on an idle machine it is below 1.
    Say($"(load over the last minutes: {string.Join(", ", File.ReadAllText("/proc/loadavg").Split(' ')[..3])})");
}

Say("");
Say("| topology file, nodes x 2 DIEs | KB | ms | us / (n log2 n) |");
Say("|---|---|---|---|");
var largestMs = 0.0;
foreach (var count in new[] { 16, 32, 64, 128, 256, 512, 1024 })
{
    var bytes = Maps.Json(count);
    largestMs = Median(() =>
    {
        var worst = TopologyFile
            .Check(bytes, "map.json", count)
            .Where(problem => problem.Severity > TopologySeverity.Note);
        Must(!worst.Any());
    });
    Row(count, bytes.Length, largestMs, count);
}

Say("");
Say("| sysSentry lines, nodes x 2 DIEs | list entries | ms | us / (n log2 n) of entries |");
Say("|---|---|---|---|");
foreach (var count in new[] { 8, 16, 32, 64, 128 })
{
    var texts = Enumerable.Range(0, count).Select(node => Maps.Lines(node, count)).ToList();
    var entries = ((2 * count) + count - 1) * count;
    var ms = Median(() => Must(CheckLines(texts, count)));
    Say(Invariant($"| {count} | {entries} | {ms:0.00} | {ms * 1000 / (entries * Math.Log2(entries)):0.000} |"));
}

Say("");
var map = Path.GetTempFileName();
File.WriteAllBytes(map, Maps.Json(16));
var starts = Enumerable.Range(0, Starts).Select(_ => StartMs(rasctl, map)).Order().ToList();
File.Delete(map);
Say($"`rasctl topology check`, 16 x 2, from process start to its end, {Starts} times:");
Say(Invariant($"median {starts[Starts / 2]:0} ms, fastest {starts[0]:0} ms, slowest {starts[^1]:0} ms."));
Say("");
Say(
    Invariant(
        $"Aims: 1,024 x 2 under {FileAimMs} ms: {Met(largestMs < FileAimMs)}. Start under {StartAimMs} ms: {Met(starts[Starts / 2] < StartAimMs)}."
    )
);
if (args is [var target])
{
    File.WriteAllText(target, $"# Checking maps\n\n`./x bench topology`\n\n{page}");
}

return 0;

void Row(int count, int lengthBytes, double ms, double n) =>
    Say(Invariant($"| {count} | {lengthBytes / 1024.0:0.0} | {ms:0.00} | {ms * 1000 / (n * Math.Log2(n)):0.00} |"));

void Say(string line)
{
    Console.WriteLine(line);
    page.Append(line).Append('\n');
}

static bool CheckLines(List<SourceText> texts, int count)
{
    var problems = new ProblemList();
    var nodes = new List<NodeSettings>();
    var others = new OtherSettings();
    foreach (var text in texts)
    {
        ScriptReader.Read(text, Path.GetFileNameWithoutExtension(text.Path), nodes, others, problems);
    }

    RuleBook.Check(SettingsMap.Draft(nodes, new SettingsMapOptions(), problems), problems, count);
    return problems
        .InOrderOfText()
        .All(problem => problem.Code is TopologyProblemCode.ListLength or TopologyProblemCode.LargeCluster);
}

static double Median(Action work)
{
    var times = new List<double>();
    for (var round = 0; round < 2 * Rounds; round++)
    {
        var start = Stopwatch.GetTimestamp();
        work();
        times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }

    return times.Skip(Rounds).Order().ElementAt(Rounds / 2);
}

static double StartMs(string program, string map)
{
    var start = Stopwatch.GetTimestamp();
    using var process = Process.Start(
        new ProcessStartInfo(program, ["topology", "check", map]) { RedirectStandardOutput = true }
    )!;
    process.StandardOutput.ReadToEnd();
    process.WaitForExit();
    Must(process.ExitCode == 0);
    return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
}

static void Must(bool isTrue)
{
    if (!isTrue)
    {
        throw new InvalidOperationException("a valid map was told wrong: what is measured is not what it seems");
    }
}

static string Met(bool isMet) => isMet ? "met" : "missed";

static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
