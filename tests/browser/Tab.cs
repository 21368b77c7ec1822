using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace ClusterRas.Browser.Tests;

/// <summary>One tab, and the errors of its scripts.</summary>
public sealed class Tab : IAsyncDisposable
{
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

    public async ValueTask DisposeAsync() => await context.DisposeAsync();
}
