using System.Diagnostics;
using System.Globalization;
using ClusterRas.Sentry;

namespace ClusterRas.Browser.Tests;

/// <summary>A tab that nobody closes.</summary>
public sealed class LongWatchTests(Browser browser, ITestOutputHelper output) : PageBed(browser)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);

    // Until what the browser compiles and caches once is there.
    private static readonly TimeSpan WarmFor = TimeSpan.FromSeconds(20);

    /// <summary>Half a minute in <c>.ci/run</c>; <c>CLUSTERRAS_MINUTES=60</c>: an hour.</summary>
    private static readonly TimeSpan WatchFor = TimeSpan.FromMinutes(
        double.Parse(Environment.GetEnvironmentVariable("CLUSTERRAS_MINUTES") ?? "0.5", CultureInfo.InvariantCulture)
    );

    [Fact(Explicit = IsLong)]
    public async Task TabOpenAtAHundredTimesTheUsualRate_StaysLive_AndItsHeapDoesNotGrow()
    {
        var nodes = await StartAsync(3);
        await using var relay = new LoudRelay(Address(nodes[1]));
        await using var tab = await OpenAsync(relay.Address);
        await tab.ShowsAsync("as of");
        await Task.Delay(WarmFor);

        var before = await tab.HeapBytesAsync();
        var after = before;
        var events = relay.EventCount;
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) is var watched && watched < WatchFor)
        {
            await Task.Delay(TimeSpan.FromTicks(Math.Min(LookEvery.Ticks, (WatchFor - watched).Ticks)));
            after = await tab.HeapBytesAsync();
            output.WriteLine(
                $"{watched:hh\\:mm\\:ss}: {relay.EventCount - events} events, heap {before} bytes at first, now {after}"
            );
        }

        after.ShouldBeLessThan(before + (before / 20));

        // It is not dead: it shows what happens now.
        nodes[1]
            .Kernel.Tell((msgid, begin) => new DeviceRecord.LinkChange(msgid, begin, null, 7, new(7), IsUp: false));
        await tab.Page.EvaluateAsync("() => { location.hash = '#/incidents'; }");
        await UntilAsync(tab, "() => document.querySelectorAll('tbody tr').length === 1");
        tab.Errors.ShouldBeEmpty();
    }
}
