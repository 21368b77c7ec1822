using System.Diagnostics;
using System.Globalization;
using ClusterRas.Simulator;

const int Kept = 0;
const int Broken = 1;
const int Misused = 2;

if (Arguments.Parse(args) is not { } arguments)
{
    Console.Error.WriteLine(Arguments.Usage);
    return Misused;
}

return arguments.Seed is { } seed ? Replay(seed, arguments) : SweepAll(arguments);

static int Replay(ulong seed, Arguments arguments)
{
    Console.Write(ClusterRas.Simulator.Faults.FaultPlanner.Draw(seed, arguments.NodeCount));
    using var output = new StreamWriter(Console.OpenStandardOutput(), bufferSize: 1 << 16);
    var life = ClusterLife.Play(seed, arguments.NodeCount, new Transcript(output));
    output.WriteLine(life.Report(arguments.NodeCount));
    return life.Violation is null ? Kept : Broken;
}

static int SweepAll(Arguments arguments)
{
    var first = arguments.From ?? (ulong)(DateTime.UtcNow.Ticks % 1_000_000_000_000);
    Console.WriteLine($"sweeping {arguments.Count} lives from seed {first}");
    var watch = Stopwatch.StartNew();
    var sweep = Sweep.Play(
        first,
        arguments.Count,
        arguments.NodeCount,
        arguments.StopsAtFirst ? 1 : int.MaxValue,
        life => Console.WriteLine(life.Report(arguments.NodeCount))
    );
    var seconds = watch.Elapsed.TotalSeconds;
    Console.WriteLine(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{sweep.LifeCount} lives in {seconds:0.0} s: {sweep.LifeCount / seconds:0.0} lives and "
                + $"{sweep.Simulated.TotalSeconds / seconds:0} simulated seconds per second; {sweep.Broken.Count} broken"
        )
    );
    return sweep.Broken.Count == 0 ? Kept : Broken;
}
