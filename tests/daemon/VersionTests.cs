using System.Text.Json;

namespace ClusterRas.Daemon.Tests;

/// <summary>A cluster in the middle of an upgrade: one node runs another version, and whoever looks is told which.</summary>
public sealed class VersionTests : IDisposable
{
    private readonly RealCluster cluster = new(nodeCount: 3);

    public void Dispose() => cluster.Dispose();

    [Fact]
    public async Task OtherVersion_IsNamedWithItsNodeByEveryNode_UntilAllRunTheSame()
    {
        var other = cluster[3];
        await cluster.StartAsync();
        var own = (await cluster[1].StatusAsync())!.Version;
        var newer = own[..^1] + (own[^1] == '9' ? '8' : '9');
        (await other.StopAsync()).ShouldBe(0);
        other.Around = OtherRasd.Around(cluster.Folder, own, newer);
        other.Start();
        await cluster.MasterAsync();

        using var client = new HttpClient();
        await cluster.UntilAsync(
            "n1 says whose version is another",
            async () =>
                await OverviewAsync(client, cluster[1])
                == $"Not all nodes run the same rasd: n3 with {newer}; n1, which serves this page, with {own}"
        );
        await cluster.UntilAsync(
            "n3 says it the other way round",
            async () =>
                await OverviewAsync(client, other)
                == $"Not all nodes run the same rasd: n1 and n2 with {own}; n3, which serves this page, with {newer}"
        );
        await cluster.UntilAsync(
            "n2's status says it too",
            async () =>
                (await StatusAsync(cluster[2])).Contains($"rasd     n3 with {newer}; n2, which says so, with {own}")
        );
        var members = (await cluster[2].StatusAsync())!.Members;
        members.Select(member => member.Version).ShouldBe([own, own, newer]);

        // It takes part all the same.
        await cluster.AckedAsync(other.Kernel.Tell(RealCluster.Panic(1)));
        await cluster.SameOnAllAsync("its word", list => list.Count == 1);

        (await other.StopAsync()).ShouldBe(0);
        other.Around = [];
        other.Start();
        await cluster.UntilAsync("all are alike", async () => await OverviewAsync(client, cluster[1]) == "");
        await cluster.UntilAsync(
            "n2's status says nothing of it",
            async () => !(await StatusAsync(cluster[2])).Contains("which says so")
        );
    }

    private static async Task<string?> OverviewAsync(HttpClient client, RealNode node)
    {
        using var overview = JsonDocument.Parse(
            await client.GetStringAsync($"http://{node.Node.Dies[0].Grpc}/api/overview")
        );
        return overview.RootElement.GetProperty("otherVersions").GetString();
    }

    private async Task<string> StatusAsync(RealNode node) =>
        (await Rasctl.RunAsync(cluster.TopologyPath, "status", "--node", node.Name)).Out;
}
