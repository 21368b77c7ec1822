using ClusterRas.Daemon.Tests;
using ClusterRas.Fabric;

namespace ClusterRas.Browser.Tests;

/// <summary>Real daemons, and tabs that look at them.</summary>
public abstract class PageBed(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private RealCluster? cluster;

    /// <summary>Put on tests that take a minute: they are run by <c>.ci/run</c>, or by hand with <c>--explicit on</c>.</summary>
    protected const bool IsLong = true;

    public void Dispose()
    {
        cluster?.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected static string Address(RealNode node) => $"http://{node.Node.Dies[0].Grpc}/";

    /// <summary>Until a condition holds in the page.</summary>
    private protected static Task UntilAsync(Tab tab, string condition) => tab.Page.WaitForFunctionAsync(condition);

    private protected Task<Tab> OpenAsync(string url, bool isDark = false, int width = 1280, int height = 900) =>
        browser.OpenAsync(url, isDark, width, height);

    /// <summary>Where every node hears every node.</summary>
    private protected async Task<RealCluster> StartAsync(int nodeCount, Tuning? tuning = null)
    {
        Assert.SkipWhen(browser.Absence is not null, browser.Absence ?? "");
        cluster = new RealCluster(nodeCount, dieCount: 2, tuning: tuning);
        await cluster.StartAsync();
        await cluster.UntilAsync(
            "every node hears every node",
            async () =>
                (await Task.WhenAll(cluster.Nodes.Select(node => node.StatusAsync()))).All(status =>
                    status?.Members.All(member => member.Health == Health.Up) == true
                )
        );
        return cluster;
    }
}
