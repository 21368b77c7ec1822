using ClusterRas.Fabric;

namespace ClusterRas.Daemon.Tests;

/// <summary>Daemons whose liburma says of itself that it is real, and has no device but those of our own provider.</summary>
/// <remarks>The library is the host of the provider's own tests; an installed one has not been tried.</remarks>
public sealed class UrmaProviderTests : IDisposable
{
    private readonly RealCluster cluster = new(nodeCount: 3);

    [Fact]
    public async Task Panic_OverTheProvider_IsAckedAndTheWireIsToldAsSimulatedUntilItIsLost()
    {
        foreach (var node in cluster.Nodes)
        {
            node.Wires = new NativeWires(cluster.Folder, node, "urma,grpc", NativeWires.ProviderHost);
            node.Options.Add("--verbose");
        }

        var master = await cluster.StartAsync();
        var witness = cluster.Nodes.First(node => node != master);
        var victim = cluster.Nodes.Last(node => node != master);
        await cluster.UntilAsync(
            "URMA carries the links",
            async () =>
                (await cluster.LinksAsync(witness)).Split("urma (simulated) + grpc").Length == cluster.Nodes.Count
        );

        victim.Kill();
        await cluster.AckedAsync(witness.Kernel.Tell(RealCluster.Panic(victim.Number)));

        await cluster.SameOnAllAsync("one acked panic", list => list is [{ Kind: EventKind.Panic, AckedCount: 1 }]);
        witness.Log().ShouldContain(line => line.Contains("libcras_provider_host.so and its simulated device sim0"));

        witness.Wires!.KillUrma();
        await cluster.UntilAsync(
            "the loss is told",
            async () =>
                (await cluster.LinksAsync(witness)).Contains("grpc; no urma (simulated)", StringComparison.Ordinal)
        );
    }

    public void Dispose() => cluster.Dispose();
}
