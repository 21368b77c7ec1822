using ClusterRas.Daemon.Tests;
using Microsoft.Playwright;

namespace ClusterRas.Browser.Tests;

/// <summary>Whoever cannot use a mouse, or see colours, or see at all, or has a phone only.</summary>
public sealed class AccessibilityTests(Browser browser) : PageBed(browser)
{
    private const int Phone = 390;

    /// <summary>What axe finds wrong: the rule, and where.</summary>
    private const string Violations = """
        async () => (await axe.run(document, {
            runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
        })).violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target} ${node.failureSummary}`))
        """;

    /// <summary>Rules that axe tried; none would mean that it did not look.</summary>
    private const string RulesPassed = "async () => (await axe.run(document)).passes.length";

    [Fact(Explicit = IsLong)]
    public async Task EveryPage_InBothThemes_HasNothingThatAxeFindsWrong_AndFitsAPhone()
    {
        var nodes = await StartAsync(3);
        var pages = await BurnAsync(nodes);
        var axe = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "axe.js"));
        var wrong = new List<string>();
        foreach (var (isDark, width) in new[] { (false, 1280), (true, 1280), (false, Phone) })
        {
            foreach (var page in pages)
            {
                await using var tab = await OpenAsync(Address(nodes[1]) + page, isDark, width);
                await tab.Page.Locator("main h1").WaitForAsync();
                await UntilAsync(tab, "() => !document.querySelector('main').textContent.includes('Asking')");
                await tab.Page.EvaluateAsync(axe);
                var where = $"{page}, {(isDark ? "dark" : "light")}, {width} wide";
                wrong.AddRange((await tab.Page.EvaluateAsync<string[]>(Violations)).Select(one => $"{where}: {one}"));
                (await tab.Page.EvaluateAsync<int>(RulesPassed)).ShouldBeGreaterThan(10, where);
                (
                    await tab.Page.EvaluateAsync<int>(
                        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                    )
                ).ShouldBeLessThanOrEqualTo(0, where);
                tab.Errors.ShouldBeEmpty(where);
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task KeysAlone_LeadFromTheMenuToAnIncident_AndBack()
    {
        var nodes = await StartAsync(3);
        await BurnAsync(nodes);
        await using var tab = await OpenAsync(Address(nodes[1]));
        await tab.ShowsAsync("The kernel of n3 panicked");

        await TabToAsync(tab, "To the page");
        await TabToAsync(tab, "Incidents");
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Incidents", Exact = true }).WaitForAsync();
        await TabToAsync(tab, "Dark or light");
        await tab.Page.Keyboard.PressAsync("Enter");
        (await tab.Page.EvaluateAsync<string>("document.documentElement.dataset.theme")).ShouldBe("dark");

        var number = await tab.Page.Locator("tbody tr", new() { HasText = "panic" }).Locator("a").InnerTextAsync();
        await TabToAsync(tab, number);
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.ShowsAsync($"Incident {number}: n3, panic");
        await TabToAsync(tab, "All incidents");
        await tab.Page.Keyboard.PressAsync("Enter");
        await tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Incidents", Exact = true }).WaitForAsync();
        tab.Errors.ShouldBeEmpty();
    }

    /// <summary>One node told dead and one operator's act, so that no page is empty.</summary>
    /// <returns>The pages.</returns>
    private static async Task<string[]> BurnAsync(RealCluster nodes)
    {
        var master = await nodes.MasterAsync();
        var reply = await nodes[1]
            .Operator.TransferAsync(
                new TransferRequest
                {
                    ToNodeName = master.Number == 1 ? "n2" : "n1",
                    By = "the tests",
                    Why = "an act for the audit",
                },
                RealNode.Soon
            );
        reply.MasterNodeName.ShouldNotBe(master.Name);
        await nodes.MasterAsync();
        nodes[3].Kill();
        await nodes.AckedAsync(nodes[1].Kernel.Tell(RealCluster.Panic(3)));
        var incident = await nodes.UntilAsync(
            "n1 shows it",
            async () => (await nodes[1].IncidentsAsync())?.SingleOrDefault()
        );
        return ["#/", "#/links", "#/incidents", $"#/incidents/{incident.Id}", "#/elections", "#/topology", "#/audit"];
    }

    /// <summary>Presses Tab until the focus is on what is called so; a whole round without it is a failure.</summary>
    private static async Task TabToAsync(Tab tab, string name)
    {
        var seen = new List<string>();
        for (var at = 0; at < 60; at++)
        {
            await tab.Page.Keyboard.PressAsync("Tab");
            var found = await tab.Page.EvaluateAsync<string>(
                "(document.activeElement.getAttribute('aria-label') ?? document.activeElement.firstChild?.textContent ?? '')"
            );
            if (found == name)
            {
                // Whoever tabs sees where: an outline of its own.
                (
                    await tab.Page.EvaluateAsync<string>("getComputedStyle(document.activeElement).outlineStyle")
                ).ShouldBe("solid");
                return;
            }

            seen.Add(found);
        }

        Assert.Fail($"Tab never came to {name}, but to: {string.Join(" | ", seen)}");
    }
}
