using ClusterRas.Fabric;

namespace ClusterRas.Daemon.Tests;

/// <summary>Peers that must not be let in, and a log that says why.</summary>
public sealed class ForeignerTests : IDisposable
{
    private readonly RealCluster cluster = new(nodeCount: 3);

    [Fact]
    public async Task Peer_WithAnotherTopology_IsRefusedAndBothSaySo()
    {
        await cluster.StartAsync();
        var foreigner = cluster[3];
        await foreigner.StopAsync();
        var other = Topology.Create(
            cluster.Topology.Cluster,
            [.. cluster.Topology.Nodes.Select(node => node.Id.Value == 0 ? node with { Cna = new Cna(0x999) } : node)],
            ub: cluster.Topology.Ub with
            {
                Timeouts = new BlockingTimeouts(PanicMs: 999, KernelRebootMs: null),
            }
        );
        foreigner.TopologyPath = Path.Combine(cluster.Folder, "other.json");
        File.WriteAllText(foreigner.TopologyPath, TopologyFile.Write(other));

        await ShouldBeRefusedAsync(foreigner, "another topology");

        // An operator's tool can ask it for its map, and its log says what is odd about that.
        var told = await foreigner.Operator.GetTopologyAsync(new Wire.V1.GetTopologyRequest());
        told.Text.ShouldBe(TopologyFile.Write(other));
        foreigner.HasSaid("map.warning", 0).ShouldBeTrue();
        cluster[1].HasSaid("map.warning", 0).ShouldBeFalse();
    }

    [Fact]
    public async Task Peer_WithTheDiskOfAnotherCluster_IsRefusedAndBothSaySo()
    {
        await cluster.StartAsync();
        var foreigner = cluster[3];
        foreach (var node in cluster.Nodes)
        {
            await node.StopAsync();
            node.Data += "-new";
        }

        await cluster.StartAsync();
        await foreigner.StopAsync();
        foreigner.Data = foreigner.Data[..^"-new".Length];

        await ShouldBeRefusedAsync(foreigner, "another cluster");
    }

    public void Dispose() => cluster.Dispose();

    private async Task ShouldBeRefusedAsync(RealNode foreigner, string reason)
    {
        var friends = cluster.Nodes.Where(node => node != foreigner).ToList();
        var mark = foreigner.LogMark;
        foreigner.Start();
        foreach (var node in friends)
        {
            await cluster.UntilAsync(
                $"{node.Name} says why {foreigner.Name} is refused",
                () => Task.FromResult(Tells(node, foreigner.Name, reason, 0))
            );
            await cluster.UntilAsync(
                $"{foreigner.Name} says why {node.Name} is refused",
                () => Task.FromResult(Tells(foreigner, node.Name, reason, mark))
            );
            await cluster.UntilAsync(
                $"the link from {node.Name} shows why",
                async () => ShowsRefusal(await node.StatusAsync(), foreigner, reason)
            );
            await cluster.UntilAsync(
                $"the link to {node.Name} shows why",
                async () => ShowsRefusal(await foreigner.StatusAsync(), node, reason)
            );
        }

        // The others go on; the foreigner has no part in it.
        await cluster.AckedAsync(friends[0].Kernel.Tell(RealCluster.Panic(foreigner.Number)));
        (await foreigner.IncidentsAsync()).ShouldBeEmpty();
    }

    private static bool Tells(RealNode node, string peer, string reason, int since) =>
        node.Log(since)
            .Any(line =>
                line.Contains("peer.refuse", StringComparison.Ordinal)
                && line.Contains($" {peer} on die 0 ", StringComparison.Ordinal)
                && line.Contains(reason, StringComparison.Ordinal)
            );

    private static bool ShowsRefusal(Status? status, RealNode peer, string reason) =>
        status?.Links.Any(link =>
            link.Peer == peer.Node.Id.Value
            && link.Condition == LinkCondition.Refused
            && link.Reason.Contains(reason, StringComparison.Ordinal)
        ) == true;
}
