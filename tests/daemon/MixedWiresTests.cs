using System.Text.RegularExpressions;

namespace ClusterRas.Daemon.Tests;

/// <summary>A cluster of which every machine has other wires, as while it is being refitted.</summary>
public sealed partial class MixedWiresTests : IDisposable
{
    /// <summary>n6 and n7 are never started: words are about lives of them that nobody knows, each an event of its own.</summary>
    private const int Running = 5;
    private const int FirstTag = 100;

    private static readonly int WordCount = Environment.GetEnvironmentVariable("CLUSTERRAS_SLOW") == "1" ? 1000 : 100;

    private readonly RealCluster cluster = new(nodeCount: Running + 2, dieCount: 2, control: 3);

    [Fact]
    public async Task Urma_LostEverywhereWithWordsUnderWay_LosesAndDoublesNone()
    {
        var live = cluster.Nodes.Take(Running).ToArray();
        foreach (var node in live)
        {
            node.Wires = NativeWires.Named("mix", cluster.Folder, node);
            node.Options.Add("--verbose");
        }

        await cluster.StartAsync(live);
        await cluster.UntilAsync("the best wire that both have carries each link", AreBestInUseAsync);

        var told = Enumerable.Range(0, WordCount).Select(Tell).ToArray();

        // Looked at without a pause: all are acked within the one between two looks of the bed.
        SpinWait
            .SpinUntil(() => told.Count(telling => telling.IsAcked) > WordCount / 20, TimeSpan.FromSeconds(60))
            .ShouldBeTrue("some words are acked");
        foreach (var node in live.Where(node => node.Wires!.HasUrma))
        {
            node.Wires!.KillUrma();
        }

        var underWay = told.Count(telling => !telling.IsAcked);
        underWay.ShouldBeGreaterThan(0);
        await cluster.AckedAsync(told);
        await cluster.UntilAsync("URMA is told as lost", async () => Lost().IsMatch(await cluster.LinksAsync(live[0])));

        var incidents = await cluster.SameOnAllAsync("each word once", list => list.Count == WordCount);
        incidents.ShouldAllBe(incident => incident.Kind == EventKind.Panic && incident.Reports.Count == 1);
        incidents
            .Select(incident => (incident.VictimNodeName, incident.Life.Tag))
            .Distinct()
            .Count()
            .ShouldBe(WordCount);
        var carried = live.SelectMany(node => node.Log())
            .Select(line => Brought().Match(line))
            .Where(match => match.Success)
            .CountBy(match => match.Groups["wire"].Value)
            .ToDictionary();
        carried.Keys.ShouldBe(["urma (simulated)", "uvb (simulated)", "grpc"], ignoreOrder: true);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{underWay} of {WordCount} words were under way when URMA was lost; copies that came first, by wire: "
                + string.Join(", ", carried.Select(one => $"{one.Key} {one.Value}"))
        );

        Telling Tell(int number) =>
            live[number % Running]
                .Kernel.Tell(
                    RealCluster.Panic(
                        Running + 1 + (number / (WordCount / 2)),
                        (ulong)(60_000 + FirstTag + (number % (WordCount / 2)))
                    )
                );
    }

    public void Dispose() => cluster.Dispose();

    private async Task<bool> AreBestInUseAsync()
    {
        var links = await cluster.LinksAsync(cluster[1]);

        // UVB has one link for each pair of nodes.
        string[] wanted = ["n2 +0 +urma", "n2 +1 +urma", "n3 +0 +uvb", "n3 +1 +grpc", "n4 +0 +urma", "n5 +0 +grpc"];
        return wanted.All(one => Regex.IsMatch(links, $"^{one}", RegexOptions.Multiline));
    }

    [GeneratedRegex("came first by (?<wire>.+) from n[0-9]+ die")]
    private static partial Regex Brought();

    [GeneratedRegex("no urma \\(simulated\\)")]
    private static partial Regex Lost();
}
