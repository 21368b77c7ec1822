using ClusterRas.Simulator;
using ClusterRas.Simulator.Detection;
using ClusterRas.Simulator.Faults;
using ClusterRas.Simulator.Scenarios;

const int Kept = 0;
const int Broken = 1;
const int Misused = 2;

if (args is ["replay", .. var files])
{
    return Replays.Run(files, Console.Out);
}

if (Arguments.Parse(args) is not { } arguments)
{
    Console.Error.WriteLine(Arguments.Usage);
    return Misused;
}

return arguments switch
{
    { Detection: true } => Detect(arguments),
    { Scenario: { } scenario } => PlayScenario(scenario),
    { Minimise: true, Seed: { } seed } => Minimise(seed, arguments),
    { Seed: { } seed } => Replay(seed, arguments),
    _ => SweepAll(arguments),
};

static int Replay(ulong seed, Arguments arguments)
{
    Console.Write(FaultPlanner.Draw(seed, arguments.NodeCount));
    using var output = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 1 << 16);
    var life = ClusterLife.Play(seed, arguments.NodeCount, new Transcript(output));
    output.WriteLine(life.Report(arguments.NodeCount));
    return life.Violation is null ? Kept : Broken;
}

static int PlayScenario(string name)
{
    var path = File.Exists(name) ? name : Path.Combine("tests", "simulation", "scenarios", name + ".txt");
    if (!File.Exists(path))
    {
        Console.Error.WriteLine($"there is no file {name}, and no scenario of that name: {path}");
        return Misused;
    }

    if (ScenarioText.Read(File.ReadAllText(path), out var mistakes) is not { } plan)
    {
        foreach (var mistake in mistakes)
        {
            Console.Error.WriteLine($"{path}: {mistake}");
        }

        return Misused;
    }

    using var output = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 1 << 16);
    var life = ClusterLife.Play(plan, new Transcript(output));
    output.WriteLine(life.Report(nodeCount: null));
    return life.Violation is null ? Kept : Broken;
}

static int Detect(Arguments arguments)
{
    const int sixteen = 16;
    return DetectionReport.Run(Console.Out, arguments.From ?? 1, arguments.Count, arguments.NodeCount ?? sixteen)
        ? Kept
        : Broken;
}

static int Minimise(ulong seed, Arguments arguments)
{
    var minimiser = Minimiser.OfLives;
    if (minimiser.Shrink(FaultPlanner.Draw(seed, arguments.NodeCount)) is not { } plan)
    {
        Console.WriteLine($"seed {seed}: all promises kept");
        return Kept;
    }

    var remark = ClusterLife.Play(plan, transcript: null).Report(arguments.NodeCount);
    Console.Write(ScenarioText.Write(plan, $"{remark}\nshrunk in {minimiser.Tried} lives"));
    return Broken;
}

static int SweepAll(Arguments arguments)
{
    var report = new SweepReport(Console.Out, arguments);
    var first = arguments.From ?? (ulong)(DateTime.UtcNow.Ticks % 1_000_000_000_000);
    report.Begin(first);
    var order = SweepOrder.Of(first, arguments.Count, arguments.NodeCount) with
    {
        BrokenMax = arguments.StopsAtFirst ? 1 : int.MaxValue,
        For = arguments.For,
    };
    return report.End(Sweep.Play(order, report.OnBroken)) ? Kept : Broken;
}
