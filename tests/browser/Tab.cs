using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace ClusterRas.Browser.Tests;

/// <summary>One tab, and the errors of its scripts.</summary>
public sealed class Tab : IAsyncDisposable
{
    private const int Looks = 8;

    private readonly IBrowserContext context;
    private readonly ConcurrentQueue<string> errors = new();

    public Tab(IBrowserContext context, IPage page)
    {
        this.context = context;
        Page = page;
        page.PageError += (_, error) => errors.Enqueue(error);
    }

    public IPage Page { get; }

    /// <summary>What scripts threw.</summary>
    public IReadOnlyCollection<string> Errors => errors;

    /// <summary>Until the page shows this text.</summary>
    public Task ShowsAsync(string text, float withinMs = 30_000) =>
        Page.GetByText(text).First.WaitForAsync(new LocatorWaitForOptions { Timeout = withinMs });

    /// <summary>Bytes in use once the garbage is gone: the least of a few looks, since an update under way holds what it replaces.</summary>
    public async Task<long> HeapBytesAsync()
    {
        var devtools = await Page.Context.NewCDPSessionAsync(Page);
        await devtools.SendAsync("HeapProfiler.enable");
        var least = long.MaxValue;
        for (var look = 0; look < Looks; look++)
        {
            await Page.EvaluateAsync("() => new Promise(idle => requestIdleCallback(idle))");
            await devtools.SendAsync("HeapProfiler.collectGarbage");
            var usage = await devtools.SendAsync("Runtime.getHeapUsage");
            least = Math.Min(least, (long)usage!.Value.GetProperty("usedSize").GetDouble());
        }

        await devtools.DetachAsync();
        return least;
    }

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
