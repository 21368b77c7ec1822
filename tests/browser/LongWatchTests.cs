using System.Diagnostics;
using System.Globalization;
using ClusterRas.Sentry;

namespace ClusterRas.Browser.Tests;

/// <summary>A tab that nobody closes.</summary>
public sealed class LongWatchTests(Browser browser, ITestOutputHelper output) : PageBed(browser)
{
    /// <summary>The six parts of the stream, each a hundred times a second.</summary>
    private const long EventsPerMinute = 6 * 100 * 60;

    private const long EventsPerLook = EventsPerMinute / 6;

    // Until what the browser compiles and caches once is there.
    private const int WarmLooks = 2;

    /// <summary>Half a minute's worth in <c>.ci/run</c>; <c>CLUSTERRAS_MINUTES=60</c>: an hour's.</summary>
    private static readonly long EventsWatched = (long)(
        EventsPerMinute
        * double.Parse(Environment.GetEnvironmentVariable("CLUSTERRAS_MINUTES") ?? "0.5", CultureInfo.InvariantCulture)
    );

    [Fact(Explicit = IsLong)]
    public async Task TabOpenAtAHundredTimesTheUsualRate_StaysLive_AndItsHeapDoesNotGrow()
    {
        var nodes = await StartAsync(3);
        await using var relay = new LoudRelay(Address(nodes[1]));
        await using var tab = await OpenAsync(relay.Address);
        await tab.ShowsAsync("as of");
        for (var look = 0; look < WarmLooks; look++)
        {
            await TakesAsync(EventsPerLook);
        }

        var before = await tab.HeapBytesAsync();
        var after = before;
        var first = relay.EventCount;
        var start = Stopwatch.GetTimestamp();
        while (relay.EventCount - first < EventsWatched)
        {
            await TakesAsync(Math.Min(EventsPerLook, EventsWatched));
            after = await tab.HeapBytesAsync();
            output.WriteLine(
                $"{Stopwatch.GetElapsedTime(start):hh\\:mm\\:ss}: {relay.EventCount - first} events, heap {before} bytes at first, now {after}"
            );
        }

        after.ShouldBeLessThan(before + (before / 20));

        // It is not dead: it shows what happens now.
        nodes[1]
            .Kernel.Tell((msgid, begin) => new DeviceRecord.LinkChange(msgid, begin, null, 7, new(7), IsUp: false));
        await tab.Page.EvaluateAsync("() => { location.hash = '#/incidents'; }");
        await UntilAsync(tab, "() => document.querySelectorAll('tbody tr').length === 1");
        tab.Errors.ShouldBeEmpty();

        Task TakesAsync(long count)
        {
            var wanted = relay.EventCount + count;
            return nodes.UntilAsync(
                $"the tab has taken {count} events more",
                () => Task.FromResult(relay.EventCount >= wanted)
            );
        }
    }
}
