using System.Globalization;
using ClusterRas.Demo;

const int Held = 0;
const int NotHeld = 1;
const int Misused = 2;
const int Interrupted = 130;

DemoOptions options;
try
{
    options = DemoOptions.Parse(args);
}
catch (Exception e) when (e is ArgumentException or FormatException)
{
    await Console.Error.WriteLineAsync($"demo: {e.Message}");
    return Misused;
}

// Our caller holds the other end of this pipe and writes nothing: the end of it is the end of our caller.
using var stop = new CancellationTokenSource();
var isOrphan = false;
_ = Task.Run(() =>
{
    using var life = Console.OpenStandardInput();
    while (life.ReadByte() >= 0) { }
    isOrphan = true;
    stop.Cancel();
});

var storyWithin = TimeSpan.FromSeconds(200);
var hasColours = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null or "";
var timeline = new Timeline(Console.Out, hasColours);
var hostPid = int.TryParse(
    Environment.GetEnvironmentVariable("CLUSTERRAS_BED_PID"),
    CultureInfo.InvariantCulture,
    out var pid
)
    ? pid
    : (int?)null;
Bed bed = options.IsLoopback ? new LoopbackBed(options.BedReason) : new NamespaceBed(options.Home, hostPid);
if (options.Wires.Length > 0)
{
    bed = new WiredBed(bed, options.Home, options.Libraries, options.Wires);
}

await using var stage = new Stage(options, bed, timeline, stop.Token);
var story = new Story(stage);
try
{
    stop.CancelAfter(storyWithin);
    story.Legend();
    await story.TellAsync();
    stop.CancelAfter(Timeout.InfiniteTimeSpan);
    if (!options.Stay)
    {
        await story.EndAsync();
    }
}
catch (OperationCanceledException) when (isOrphan)
{
    return Interrupted;
}
catch (OperationCanceledException)
{
    stage.Expectations.State(
        false,
        $"the story ends within {storyWithin.TotalSeconds:0} s; it waited for {stage.WaitingFor}"
    );
}
catch (BedFailedException e)
{
    stage.Expectations.State(false, e.Message);
    if (stage.Operator.LastRefusal is { Length: > 0 } refusal)
    {
        timeline.More(refusal);
    }

    foreach (var line in e.Machine?.LogTail() ?? [])
    {
        timeline.Plain($"    {e.Machine?.Name} | {line}");
    }
}

stage.Expectations.Summarise();
if (options.Stay)
{
    story.Invite();
    await Task.Delay(Timeout.InfiniteTimeSpan, stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
}

return stage.Expectations.AllHeld ? Held : NotHeld;
