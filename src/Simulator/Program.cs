using ClusterRas.Simulator;
using ClusterRas.Simulator.Faults;

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

return arguments.Seed is { } seed ? Replay(seed, arguments) : SweepAll(arguments);

static int Replay(ulong seed, Arguments arguments)
{
    Console.Write(FaultPlanner.Draw(seed, arguments.NodeCount));
    using var output = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 1 << 16);
    var life = ClusterLife.Play(seed, arguments.NodeCount, new Transcript(output));
    output.WriteLine(life.Report(arguments.NodeCount));
    return life.Violation is null ? Kept : Broken;
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
