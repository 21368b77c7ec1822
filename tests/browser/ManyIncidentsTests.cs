using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using ClusterRas.Daemon.Tests;
using ClusterRas.Fabric;
using ClusterRas.Sentry;
using Microsoft.Playwright;

namespace ClusterRas.Browser.Tests;

/// <summary>A tab that is open while more happens than anybody can read.</summary>
public sealed class ManyIncidentsTests(Browser browser, ITestOutputHelper output) : PageBed(browser)
{
    /// <summary>The newest ones, which a page is told without asking.</summary>
    private const int Told = 2000;

    private const int RowsAtOnce = 200;
    private const int OlderAtOnce = 500;
    private const int Updates = 1000;
    private const int Count = 10_000;
    private const int AtOnceMax = 500;

    [Fact(Explicit = IsLong)]
    public async Task TabOpenThroughAllOfThem_StaysUsable_ReachesTheOldest_AndItsHeapDoesNotGrow()
    {
        var nodes = await StartAsync(3, new Tuning([KeyValuePair.Create(ClusterOption.ClosedIncidentsMax, 20_000)]));
        await using var tab = await OpenAsync(Address(nodes[1]) + "#/incidents");
        await tab.ShowsAsync("Nothing has happened yet.");

        // First until the page holds as many as it keeps; from here on what comes takes the place of what is there.
        await RaiseAsync(nodes, tab, 0, Count - Updates);
        var before = await tab.HeapBytesAsync();
        await RaiseAsync(nodes, tab, Count - Updates, Count);
        var after = await tab.HeapBytesAsync();
        output.WriteLine($"heap: {before} bytes, after {Updates} more incidents {after}");
        after.ShouldBeLessThan(before + (before / 20), $"{before} bytes before {Updates} updates, {after} after them");

        (await tab.Page.Locator("tbody tr").CountAsync()).ShouldBe(RowsAtOnce);
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Show 200 more" }).ClickAsync();
        await UntilAsync(tab, $"() => document.querySelectorAll('tbody tr').length === {2 * RowsAtOnce}");

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Load older ones" }).ClickAsync();
        await tab.ShowsAsync($"of {Told + OlderAtOnce}");

        // A search does not stop at what the page happens to hold.
        await tab.Page.GetByLabel("Search").FillAsync("nobody");
        await tab.ShowsAsync($"0 of {Count}");
        (await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Load older ones" }).CountAsync()).ShouldBe(0);
        var start = Stopwatch.GetTimestamp();
        await tab.Page.GetByLabel("Search").FillAsync("n2");
        await tab.ShowsAsync($"0 of {Count}");
        await tab.Page.GetByLabel("Search").FillAsync("");
        await tab.ShowsAsync($"{Count} of {Count}");
        output.WriteLine($"search of {Count}, and back: {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms");

        // However many there are, a key pressed draws no more than what is on the screen.
        (await tab.Page.Locator("tbody tr").CountAsync()).ShouldBeLessThanOrEqualTo(2 * RowsAtOnce);
        tab.Errors.ShouldBeEmpty();
    }

    private static async Task RaiseAsync(RealCluster nodes, Tab tab, int from, int to)
    {
        using var http = new HttpClient();
        var overview = new Uri(Address(nodes[1]) + "api/overview");
        for (var raised = from; raised < to; raised += AtOnceMax)
        {
            // In pieces that a node's outbox holds whatever the master does meanwhile: none is shed.
            for (var at = raised; at < Math.Min(raised + AtOnceMax, to); at++)
            {
                var port = (ushort)at;
                nodes[1]
                    .Kernel.Tell(
                        (msgid, start) => new DeviceRecord.LinkChange(msgid, start, null, port, new(7), IsUp: false)
                    );
            }

            var wanted = Math.Min(raised + AtOnceMax, to);
            await nodes.UntilAsync(
                $"the ledger holds {wanted}",
                async () =>
                    (await http.GetFromJsonAsync<JsonElement>(overview)).GetProperty("incidentsHeld").GetInt32()
                    == wanted
            );
        }

        await tab.ShowsAsync($"; the ledger holds {to - Told} older ones, which are not searched");
    }
}
