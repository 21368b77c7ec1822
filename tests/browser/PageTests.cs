using System.Diagnostics;
using System.Globalization;
using ClusterRas.Daemon.Tests;
using ClusterRas.Sentry;
using Microsoft.Playwright;

namespace ClusterRas.Browser.Tests;

/// <summary>The page in a real browser, over real daemons, from device records.</summary>
public sealed class PageTests(Browser browser) : PageBed(browser)
{
    [Fact]
    public async Task Panic_AppearsWithoutReload_WithinTwoSeconds_AndTellsItsStory()
    {
        var nodes = await StartAsync(3);
        await using var tab = await OpenAsync(Address(nodes[1]));
        await tab.ShowsAsync("The cluster is whole: all 3 nodes are heard on every rail.");

        nodes[3].Kill();
        var telling = nodes[1].Kernel.Tell(RealCluster.Panic(3));
        await nodes.AckedAsync(telling);
        var acked = Stopwatch.GetTimestamp();
        await tab.ShowsAsync("The kernel of n3 panicked, 1 witness, 1 acked");
        Stopwatch.GetElapsedTime(acked).ShouldBeLessThan(TimeSpan.FromSeconds(2));

        await tab.Page.GetByText("The kernel of n3 panicked").First.ClickAsync();
        await tab.ShowsAsync("n1 says panic of n3");
        await tab.ShowsAsync("Window of 35.0 s");
        (await tab.Page.Locator(".evidence .missing").AllInnerTextsAsync()).ShouldContain(text =>
            text.Contains("crash dump")
        );
        tab.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task NodeOfAnotherVersion_IsNamedOnTheFirstPage_WithBothVersions()
    {
        var nodes = await StartAsync(3);
        var own = (await nodes[1].StatusAsync())!.Version;
        var other = own[..^1] + (own[^1] == '9' ? '8' : '9');
        await using var tab = await OpenAsync(Address(nodes[1]));
        await tab.ShowsAsync("The cluster is whole: all 3 nodes are heard on every rail.");
        (await tab.Page.GetByText("Not all nodes run the same rasd").CountAsync()).ShouldBe(0);

        (await nodes[3].StopAsync()).ShouldBe(0);
        nodes[3].Around = OtherRasd.Around(nodes.Folder, own, other);
        nodes[3].Start();
        await tab.ShowsAsync(
            $"Not all nodes run the same rasd: n3 with {other}; n1, which serves this page, with {own}"
        );
        tab.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task PageOfANodeWhoseClockIsWrong_ShowsTimesOfTheMaster_AndSaysSo()
    {
        Assert.SkipWhen(WrongClock.Absence is not null, WrongClock.Absence ?? "");
        var nodes = await StartAsync(3);
        var master = await nodes.MasterAsync();
        var wrong = nodes.Nodes.Last(node => node != master);
        (await wrong.StopAsync()).ShouldBe(0);
        wrong.Around = WrongClock.Around(TimeSpan.FromHours(5));
        wrong.Start();
        await nodes.MasterAsync();
        await using var tab = await OpenAsync(Address(wrong) + "#/incidents");
        await tab.ShowsAsync($"times are by the clock of {master.Name}, that of {wrong.Name} is 5 h ahead");

        await nodes.AckedAsync(
            master.Kernel.Tell(RealCluster.Panic(nodes.Nodes.First(node => node != wrong && node != master).Number))
        );
        await UntilAsync(tab, "() => document.querySelectorAll('tbody tr').length === 1");
        var shown = await tab.Page.EvaluateAsync<long>(
            "() => Date.parse(document.querySelector('tbody td.time').innerText.replace(' ', 'T'))"
        );
        DateTimeOffset.FromUnixTimeMilliseconds(shown).ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(10));
        await tab.Page.EvaluateAsync("() => { location.hash = '#/'; }");
        await tab.ShowsAsync($"the master, by which times are shown: {wrong.Name} 5 h ahead");
        tab.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task NodeInTheAddressBar_Killed_TheSameTabShowsAPanicRaisedAfterwards_WithinFiveSeconds()
    {
        var nodes = await StartAsync(5);
        var master = await nodes.MasterAsync();
        var shown = nodes.Nodes.First(node => node != master);
        var witness = nodes.Nodes.First(node => node != master && node != shown);
        var victim = nodes.Nodes.Last(node => node != master && node != shown && node != witness);
        await using var tab = await OpenAsync(Address(shown));
        await tab.ShowsAsync($"from {shown.Name};");

        shown.Kill();
        victim.Kill();
        await nodes.AckedAsync(witness.Kernel.Tell(RealCluster.Panic(victim.Number)));
        var acked = Stopwatch.GetTimestamp();
        await tab.ShowsAsync($"The kernel of {victim.Name} panicked");
        Stopwatch.GetElapsedTime(acked).ShouldBeLessThan(TimeSpan.FromSeconds(5));

        (await tab.Page.Locator("#age").InnerTextAsync()).ShouldNotContain($"from {shown.Name};");
        tab.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task MasterKilled_ThenMoreThanHalf_TheOpenPageSaysWhoLeads_AndThenThatNobodyDoes()
    {
        var nodes = await StartAsync(5);
        var first = await nodes.MasterAsync();
        var shown = nodes.Nodes.First(node => node != first);
        await using var tab = await OpenAsync(Address(shown) + "#/elections");

        first.Kill();
        var second = await nodes.MasterAsync();
        await tab.Page.Locator("tbody tr:first-child", new() { HasText = second.Name }).WaitForAsync();
        await tab.Page.EvaluateAsync("() => { location.hash = '#/'; }");
        await tab.ShowsAsync($"rasd does not run on {first.Name}.");

        var more = nodes.Nodes.Where(node => node != first && node != shown).Take(2).ToList();
        more.ForEach(node => node.Kill());
        await tab.ShowsAsync("No master is known here: what happens now is kept, and nobody can ack it.");

        more.ForEach(node => node.Start());
        await tab.ShowsAsync($"rasd does not run on {first.Name}.");
        tab.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task NobodyAnswers_ThePageSaysHowOldItIs_AndComesBackByItself()
    {
        var nodes = await StartAsync(3);
        await using var tab = await OpenAsync(Address(nodes[1]));
        await tab.ShowsAsync("The cluster is whole");

        // Nobody who lives a moment longer may tell the page of it, nor that another one has gone.
        foreach (var other in nodes.Nodes.Skip(1))
        {
            other.Freeze();
        }

        foreach (var node in nodes.Nodes)
        {
            node.Kill();
        }

        await tab.Page.Locator("#age.stale").WaitForAsync();
        (await tab.Page.Locator("#age").InnerTextAsync()).ShouldMatch(@"^as of \d\d:\d\d:\d\d, \d+ s ago, from n1;");
        await tab.ShowsAsync("The cluster is whole");

        await nodes.StartAsync();
        await tab.Page.Locator("#age:not(.stale)").WaitForAsync();
        tab.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task EveryPage_RendersWithItsHeading_AndFitsAPhone()
    {
        var nodes = await StartAsync(3);
        await using var tab = await OpenAsync(Address(nodes[1]), width: 390);
        foreach (var title in new[] { "Overview", "Links", "Incidents", "Elections", "Topology", "Audit" })
        {
            await tab.Page.GetByRole(AriaRole.Navigation).GetByRole(AriaRole.Link, new() { Name = title }).ClickAsync();
            await tab.Page.GetByRole(AriaRole.Heading, new() { Name = title, Exact = true }).WaitForAsync();
            var overhang = await tab.Page.EvaluateAsync<int>(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            );
            overhang.ShouldBeLessThanOrEqualTo(0, title);
        }

        tab.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Matrix_IsWalkedWithTheArrowKeys()
    {
        var nodes = await StartAsync(3);
        await using var tab = await OpenAsync(Address(nodes[1]) + "#/links");
        await tab.Page.Locator(".matrix button").First.FocusAsync();
        await tab.Page.Keyboard.PressAsync("ArrowRight");
        (await tab.Page.Locator("#picked").InnerTextAsync()).ShouldStartWith("n1 hears n2 on DIE 0: heard");
        await tab.Page.Keyboard.PressAsync("ArrowDown");
        await tab.Page.Keyboard.PressAsync("ArrowLeft");
        (await tab.Page.Locator("#picked").InnerTextAsync()).ShouldStartWith("n2 hears n1 on DIE 0:");
        tab.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task HostileText_OfALocalProgram_IsShownAsText()
    {
        const string hostile = "<img src=x onerror=\"document.title='owned'\"><script>alert(1)</script>";
        var nodes = await StartAsync(3);
        await using var tab = await OpenAsync(Address(nodes[1]));
        await nodes[2].Programs.ReportAsync(new ReportRequest { Kind = EventKind.MemoryFault, Text = hostile });
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Incidents" }).ClickAsync();
        await tab.Page.Locator("tbody a").First.ClickAsync();
        await tab.Page.Locator("details.raw summary").ClickAsync();
        (await tab.Page.Locator("details.raw pre").InnerTextAsync()).ShouldContain("onerror");

        // The node that serves the page had the word by frames, and says over which rail.
        var frames = tab.Page.Locator("table", new() { HasText = "Frames that brought" }).Locator("tbody tr");
        (await frames.Locator("td").AllInnerTextsAsync()).ShouldSatisfyAllConditions(
            cells => cells[0].ShouldBe(nodes[2].Name),
            cells => int.Parse(cells[2], CultureInfo.InvariantCulture).ShouldBeGreaterThan(0)
        );
        (await tab.Page.TitleAsync()).ShouldNotContain("owned");
        tab.Errors.ShouldBeEmpty();
    }
}
