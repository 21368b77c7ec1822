using System.Text.Json;

namespace ClusterRas.Daemon.Tests;

/// <summary>One machine's wall clock is wrong: nothing is decided by it, and whoever reads times is told.</summary>
public sealed class WrongClockTests : IDisposable
{
    private readonly RealCluster cluster = new(nodeCount: 3);

    public void Dispose() => cluster.Dispose();

    [Theory]
    [InlineData(90, "90 s ahead")]
    [InlineData(-7200, "2 h behind")]
    public async Task WrongClock_IsToldByEveryNode_AndItsOwnTimesCanBeReadByTheMasters(int seconds, string words)
    {
        Assert.SkipWhen(WrongClock.Absence is not null, WrongClock.Absence ?? "");
        await cluster.StartAsync();
        var master = await cluster.MasterAsync();
        var wrong = cluster.Nodes.Last(node => node != master);
        (await wrong.StopAsync()).ShouldBe(0);
        wrong.Around = WrongClock.Around(TimeSpan.FromSeconds(seconds));
        wrong.Start();

        using var client = new HttpClient();
        foreach (var asked in cluster.Nodes)
        {
            await cluster.UntilAsync(
                $"{asked.Name} says whose clock is wrong",
                async () =>
                    await DifferencesAsync(client, asked)
                    == $"Clocks differ from that of {master.Name}, the master, by which times are shown: {wrong.Name} {words}"
            );
            (await AheadOfMasterAsync(client, asked)).ShouldBe(asked == wrong ? seconds * 1000 : 0);
        }

        // It takes part all the same.
        await cluster.AckedAsync(
            wrong.Kernel.Tell(RealCluster.Panic(cluster.Nodes.First(node => node != wrong && node != master).Number))
        );
        await cluster.SameOnAllAsync("its word", list => list.Count == 1);

        (await wrong.StopAsync()).ShouldBe(0);
        wrong.Around = [];
        wrong.Start();
        await cluster.UntilAsync("all agree", async () => await DifferencesAsync(client, master) == "");
    }

    private static async Task<string?> DifferencesAsync(HttpClient client, RealNode node)
    {
        using var overview = JsonDocument.Parse(
            await client.GetStringAsync($"http://{node.Node.Dies[0].Grpc}/api/overview")
        );
        return overview.RootElement.GetProperty("clockDifferences").GetString();
    }

    /// <summary>What the first age of a stream says.</summary>
    private static async Task<long?> AheadOfMasterAsync(HttpClient client, RealNode node)
    {
        using var stream = new StreamReader(await client.GetStreamAsync($"http://{node.Node.Dies[0].Grpc}/api/stream"));
        while (await stream.ReadLineAsync() is { } line)
        {
            if (line == "event: age")
            {
                using var age = JsonDocument.Parse((await stream.ReadLineAsync())!["data: ".Length..]);
                var ahead = age.RootElement.GetProperty("aheadOfMasterMs");
                return ahead.ValueKind == JsonValueKind.Null ? null : ahead.GetInt64();
            }
        }

        throw new InvalidOperationException("the stream ended without an age");
    }
}
