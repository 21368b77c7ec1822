using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.StepBench;

const int Misused = 2;
var nodes = 16;
var seconds = 60;
if (
    args.Length > 2
    || (args.Length > 0 && !(int.TryParse(args[0], out nodes) && nodes is >= 3 and <= 16))
    || (args.Length > 1 && !(int.TryParse(args[1], out seconds) && seconds is > 0 and <= 600))
)
{
    Console.Error.WriteLine("usage: bench step [NODES, 3 to 16 [SIMULATED SECONDS, at most 600]]");
    return Misused;
}

var meter = new Meter();
var ensemble = new Ensemble(nodes, dies: 2, meter.Step);

// Until it is founded and compiled: tiered compilation needs some thousand calls and a moment.
ensemble.Run(TimeSpan.FromSeconds(60));
Thread.Sleep(TimeSpan.FromSeconds(1));
ensemble.Run(TimeSpan.FromSeconds(60));

meter.Floor(200_000);
meter.IsOn = true;
ensemble.Run(TimeSpan.FromSeconds(seconds));
var report = new ReportMaker(ensemble);
for (var word = 0; word < 100; word++)
{
    report.Panic(word);
    ensemble.Run(TimeSpan.FromSeconds(0.1));
}

Console.WriteLine($"{nodes} nodes, 2 DIEs: {seconds} s of beats alone, then 100 panics in 10 s");
meter.Print(Console.Out);
return 0;
