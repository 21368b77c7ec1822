using ClusterRas.Daemon.Tests;
using Microsoft.Playwright;

namespace ClusterRas.Browser.Tests;

/// <summary>The whole size: sixteen daemons with two DIEs, healthy, then degraded, then burning.</summary>
/// <remarks>With <c>CLUSTERRAS_SHOTS</c> set to a folder it leaves pictures of every page there, for eyes.</remarks>
public sealed class SixteenNodesTests(Browser browser) : PageBed(browser)
{
    private const int Nodes = 16;

    private static readonly string[] Pages = ["", "links", "incidents", "elections", "topology", "audit"];

    [Fact(Explicit = IsLong)]
    public async Task Pages_ShowAllNodesAndBothMatrices_AsTheClusterFallsIllAndRecovers()
    {
        var nodes = await StartAsync(Nodes);
        await using var tab = await OpenAsync(Address(nodes[1]));
        await tab.ShowsAsync($"The cluster is whole: all {Nodes} nodes are heard on every rail.");
        (await tab.Page.Locator(".nodes li").CountAsync()).ShouldBe(Nodes);

        await GoAsync(tab, "links");
        (await tab.Page.Locator(".matrix").CountAsync()).ShouldBe(2);
        (await tab.Page.Locator(".matrix td.cell").CountAsync()).ShouldBe(2 * Nodes * Nodes);
        await UntilAsync(
            tab,
            $"() => document.querySelectorAll('.matrix td.good').length === {2 * Nodes * (Nodes - 1)}"
        );
        await ShootAsync(nodes, "healthy");

        // No agent on a live machine: its row is unknown, and its column refused or not heard.
        nodes[14].Kill();
        await UntilAsync(
            tab,
            $"() => document.querySelectorAll('.matrix tr:nth-child(14) td.unknown').length >= {Nodes - 1}"
        );
        await GoAsync(tab, "");
        await tab.ShowsAsync("rasd does not run on n14.");
        await ShootAsync(nodes, "degraded");

        var master = await nodes.MasterAsync();
        foreach (var number in new[] { 7, 9, 12 })
        {
            nodes[number].Kill();
            await nodes.AckedAsync(master.Kernel.Tell(RealCluster.Panic(number)));
        }

        nodes[9].NewBoot();
        nodes[9].Start();
        await nodes.MasterAsync();
        await tab.Page.Locator(".nodes li", new() { HasText = "rejoined" }).WaitForAsync();
        await tab.ShowsAsync("The kernel of n7 panicked");
        await tab.ShowsAsync("The kernel of n12 panicked");
        (await tab.Page.Locator(".nodes li", new() { HasText = "told" }).CountAsync()).ShouldBe(2);
        await ShootAsync(nodes, "burning");
        tab.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Updates_MoveNothingThatIsThere()
    {
        var nodes = await StartAsync(3);
        await using var tab = await OpenAsync(Address(nodes[1]));
        await tab.ShowsAsync("The cluster is whole");
        var before = await TopsAsync(tab);
        nodes[3].Kill();
        await nodes.AckedAsync(nodes[1].Kernel.Tell(RealCluster.Panic(3)));
        await tab.Page.Locator(".nodes .node.bad", new() { HasText = "told" }).WaitForAsync();
        (await TopsAsync(tab)).ShouldBe(before);
    }

    /// <summary>Where each node is on the page.</summary>
    private static Task<double[]> TopsAsync(Tab tab) =>
        tab.Page.EvaluateAsync<double[]>("[...document.querySelectorAll('.nodes li')].map((one) => one.offsetTop)");

    private static async Task GoAsync(Tab tab, string page)
    {
        await tab.Page.EvaluateAsync("(page) => { location.hash = `#/${page}` }", page);
        await tab.Page.Locator($"nav a[aria-current][href='#/{page}']").WaitForAsync();
    }

    private async Task ShootAsync(RealCluster nodes, string name)
    {
        if (Environment.GetEnvironmentVariable("CLUSTERRAS_SHOTS") is not { Length: > 0 } folder)
        {
            return;
        }

        var incident = (await nodes[1].IncidentsAsync())!.LastOrDefault(one => one.Kind == EventKind.Panic);
        string[] pages = incident is null ? Pages : [.. Pages, $"incidents/{incident.Id}"];
        foreach (var (theme, width) in new[] { ("light", 1280), ("dark", 1280), ("light", 390) })
        {
            foreach (var page in pages)
            {
                await using var tab = await OpenAsync($"{Address(nodes[1])}#/{page}", theme == "dark", width);
                await tab.Page.Locator("main h1").WaitForAsync();
                await UntilAsync(tab, "() => !document.querySelector('main').textContent.includes('Asking')");
                var title =
                    page.Length == 0 ? "overview"
                    : page.Split('/') is [_, _] ? "incident"
                    : page;
                await tab.Page.ScreenshotAsync(
                    new PageScreenshotOptions
                    {
                        Path = Path.Combine(folder, $"{name}-{title}-{(width < 500 ? "phone" : theme)}.png"),
                        FullPage = true,
                    }
                );
            }
        }
    }
}
