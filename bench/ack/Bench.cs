using System.Diagnostics;
using System.Globalization;

namespace ClusterRas.AckBench;

/// <summary>One run: floors, cluster, floors again, loads, and the tables.</summary>
internal static class Bench
{
    private const int WarmUps = 100;
    private const int IdleWindows = 6;
    private static readonly TimeSpan IdleWindow = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan WarmUpWithin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Whole = TimeSpan.FromSeconds(105);

    /// <summary>Runs it and prints the result; leaves nothing behind unless told to.</summary>
    public static async Task RunAsync(BenchOptions options, string root, CancellationToken stop)
    {
        var start = Stopwatch.GetTimestamp();
        var surroundings = new Surroundings(root, options.Data);
        var name = string.Create(CultureInfo.InvariantCulture, $"ack-{Environment.ProcessId}");
        var home = Path.Combine(options.Data, name);
        Directory.CreateDirectory(home);
        var isDone = false;
        try
        {
            using var fleet = new Fleet(options.Nodes, home);
            Sheet sheet;
            using (var janitor = new Janitor())
            {
                sheet = await MeasureAsync(options, fleet, janitor, home, start, stop);
            }

            sheet.Hops = new Hops(fleet.Machines);
            var text = sheet.Write([.. surroundings.Lines(options.Command)]);
            Console.Write(text);
            if (options.Markdown is { } file)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
                await File.WriteAllTextAsync(file, text, CancellationToken.None);
            }

            isDone = true;
        }
        finally
        {
            if (options.Keeps || (!isDone && !stop.IsCancellationRequested))
            {
                Console.WriteLine($"ledgers and logs are kept in {home}");
            }
            else
            {
                Directory.Delete(home, recursive: true);
            }
        }
    }

    private static async Task<Sheet> MeasureAsync(
        BenchOptions options,
        Fleet fleet,
        Janitor janitor,
        string home,
        long start,
        CancellationToken stop
    )
    {
        var near = $"127.79.9.1:{fleet.Port.ToString(CultureInfo.InvariantCulture)}";
        var far = $"127.79.9.2:{fleet.Port.ToString(CultureInfo.InvariantCulture)}";
        Say("floors, with nothing else of ours running");
        await StartEchoAsync(janitor, [near], stop);
        await StartEchoAsync(janitor, [far, near], stop);
        var atRest = await Floors.MeasureAsync(near, far, Path.Combine(home, "floor-1"), stop);

        Say($"{fleet.Machines.Count} nodes start");
        fleet.Start(janitor, options.Rasd);
        var master = await fleet.SettledAsync(stop);
        Say($"{master.Node.Name} is master; floors again, with the nodes up and idle");
        var idle = await IdleAsync(fleet, stop);
        var amongIdle = await Floors.MeasureAsync(near, far, Path.Combine(home, "floor-2"), stop);

        // The last node: no vote, so the farthest from the commit.
        var witness = fleet.Machines.Last(machine => machine != master);
        var outcomes = new List<Outcome>();
        (IDoor Door, Machine At, string Where)[] doors =
        [
            (witness.Device, witness, "a follower"),
            (witness.Calls, witness, "a follower"),
            (master.Calls, master, "the master"),
        ];
        foreach (var (door, at, where) in doors)
        {
            Say($"{door.Name} at {where}, {at.Node.Name}");
            await WarmUpAsync(door, stop);
            foreach (var load in Load.All(options.Events))
            {
                var left = Whole - Stopwatch.GetElapsedTime(start);
                if (left > TimeSpan.Zero)
                {
                    var before = fleet.CpuMs;
                    var samples = await load.RunAsync(door, left, stop);
                    outcomes.Add(new Outcome(door.Name, where, load, samples, fleet.CpuMs - before));
                }
            }
        }

        var masterAfter = await fleet.SettledAsync(stop);
        var missing = (doors.Length * Load.All(options.Events).Count) - outcomes.Count;
        return new Sheet(
            fleet,
            atRest,
            amongIdle,
            idle,
            outcomes,
            [
                .. master == masterAfter
                    ? []
                    : (string[])[$"the master changed from {master.Node.Name} to {masterAfter.Node.Name}"],
                .. missing == 0 ? [] : (string[])[$"the time was over before the last {missing} loads"],
            ]
        );
    }

    /// <returns>Processor time of all nodes when nothing happens, in CPUs.</returns>
    private static async Task<double> IdleAsync(Fleet fleet, CancellationToken stop)
    {
        // What runs often is compiled anew in the first seconds, so it is idle only when it does not fall any more.
        var used = double.MaxValue;
        for (var window = 0; window < IdleWindows; window++)
        {
            var (start, before) = (Stopwatch.GetTimestamp(), fleet.CpuMs);
            await Task.Delay(IdleWindow, stop);
            var now = (fleet.CpuMs - before) / Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            if (now > used * 0.9)
            {
                return now;
            }

            used = now;
        }

        return used;
    }

    /// <summary>The first events are compiled on the way; they are not what is asked for.</summary>
    private static async Task WarmUpAsync(IDoor door, CancellationToken stop)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < WarmUps && Stopwatch.GetElapsedTime(start) < WarmUpWithin; i++)
        {
            await door.SayAsync(stop);
        }
    }

    private static async Task StartEchoAsync(Janitor janitor, string[] arguments, CancellationToken stop)
    {
        var self = Environment.ProcessPath ?? throw new BenchFailedException("this program does not know its own path");
        var echo = janitor.Start(
            new ProcessStartInfo(self, ["echo", .. arguments])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        );
        if (await echo.StandardOutput.ReadLineAsync(stop) != "ready")
        {
            throw new BenchFailedException($"the far end of the floor at {arguments[0]} does not start");
        }
    }

    private static void Say(string what) => Console.Error.WriteLine($"bench ack: {what}");
}
