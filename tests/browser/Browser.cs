using System.Diagnostics.CodeAnalysis;
using ClusterRas.Console;
using Microsoft.Playwright;

namespace ClusterRas.Browser.Tests;

/// <summary>The system's own chromium, one for all tests.</summary>
public sealed class Browser : IAsyncLifetime
{
    private const string Chromium = "/usr/bin/chromium";

    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>Why no page can be opened; null: one can.</summary>
    public string? Absence { get; private set; }

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Chromium))
        {
            Absence = $"{Chromium} is not there; build/install-test-tools installs it as root";
            return;
        }

        // rasd and these tests are of one build.
        if (!new PageFiles().IsThere)
        {
            Absence = PageFiles.Absence;
            return;
        }

        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Chromium,
                Headless = true,
                Args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
            }
        );
    }

    /// <summary>A tab of its own, with nothing remembered; what goes wrong in it is gathered.</summary>
    [SuppressMessage("Design", "CA1054", Justification = "As the address bar has it.")]
    public async Task<Tab> OpenAsync(string url, bool isDark = false, int width = 1280, int height = 900)
    {
        var context = await browser!.NewContextAsync(
            new BrowserNewContextOptions
            {
                ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
                ViewportSize = new ViewportSize { Width = width, Height = height },
            }
        );
        var page = await context.NewPageAsync();
        var tab = new Tab(context, page);
        await page.GotoAsync(url);
        return tab;
    }

    public async ValueTask DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
    }
}
