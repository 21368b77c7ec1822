using ClusterRas.Fabric;

namespace ClusterRas.Daemon.Tests;

/// <summary>A cluster whose daemons are given UVB beside gRPC.</summary>
public sealed class UvbTests : IDisposable
{
    private readonly RealCluster cluster = new(nodeCount: 3);

    private string Windows => Path.Combine(cluster.Folder, "uvb");

    [Fact]
    public async Task Panic_WhereNoGrpcLinkIsOpen_IsAckedOverUvb()
    {
        LeadGrpcNowhere();
        var master = await StartAsync(NativeWires.UvbLibrary);
        var victim = cluster.Nodes.Last(node => node != master);
        var witness = cluster.Nodes.First(node => node != master && node != victim);

        await cluster.UntilAsync(
            "UVB alone carries all",
            async () =>
                await cluster.LinksAsync(witness) is var told
                && told.Contains("uvb (simulated)", StringComparison.Ordinal)
                && !told.Contains("grpc", StringComparison.Ordinal)
        );

        victim.Kill();
        var telling = witness.Kernel.Tell(RealCluster.Panic(victim.Number));
        await cluster.AckedAsync(telling);

        var incident = (
            await cluster.SameOnAllAsync("one acked panic", list => list is [{ Kind: EventKind.Panic, AckedCount: 1 }])
        ).Single();
        incident.VictimNodeName.ShouldBe(victim.Name);
        incident.Reports.Single().WitnessNodeName.ShouldBe(witness.Name);
    }

    [Fact]
    public async Task Panic_WithBothWires_IsAckedOnceAndUvbCarriesTheLink()
    {
        var master = await StartAsync(NativeWires.UvbLibrary);
        var witness = cluster.Nodes.First(node => node != master);
        var victim = cluster.Nodes.Last(node => node != master);
        await cluster.UntilAsync("both wires are told", () => IsToldAsync(witness, "uvb (simulated) + grpc"));

        var telling = witness.Kernel.Tell(RealCluster.Panic(victim.Number));
        await cluster.AckedAsync(telling);

        await cluster.SameOnAllAsync("one acked panic", list => list is [{ Kind: EventKind.Panic, AckedCount: 1 }]);
    }

    [Fact]
    public async Task Road_CutAndHealed_IsCarriedByGrpcMeanwhile()
    {
        await StartAsync(NativeWires.UvbLibrary);
        var (one, other) = (cluster[1], cluster[2]);
        await cluster.UntilAsync("UVB carries all", () => IsToldAsync(one, "uvb (simulated) + grpc"));

        var cut = Path.Combine(Windows, $"cut-{ClusterMap.CnaOf(one.Number)}-{ClusterMap.CnaOf(other.Number)}");
        await File.WriteAllTextAsync(cut, "", TestContext.Current.CancellationToken);
        await cluster.UntilAsync("gRPC carries one", () => IsToldAsync(one, "grpc; no uvb (simulated): CNA"));
        var telling = one.Kernel.Tell(RealCluster.Panic(3));
        await cluster.AckedAsync(telling);

        File.Delete(cut);
        await cluster.UntilAsync(
            "UVB carries it again",
            async () =>
                !await IsToldAsync(one, "no uvb (simulated)") && await IsToldAsync(one, "uvb (simulated) + grpc")
        );
    }

    [Fact]
    public async Task Library_Missing_IsOneLineAndGrpcCarriesTheWords()
    {
        var master = await StartAsync(Path.Combine(cluster.Folder, "libcras_uvb.so"));
        var witness = cluster.Nodes.First(node => node != master);
        var victim = cluster.Nodes.Last(node => node != master);

        var telling = witness.Kernel.Tell(RealCluster.Panic(victim.Number));
        await cluster.AckedAsync(telling);

        witness.Log().Count(line => line.Contains("uvb.port.none", StringComparison.Ordinal)).ShouldBe(1);
        await cluster.UntilAsync("gRPC is told, and why", () => IsToldAsync(witness, "grpc; no uvb (simulated): "));
    }

    public void Dispose() => cluster.Dispose();

    private Task<RealNode> StartAsync(string library)
    {
        foreach (var node in cluster.Nodes)
        {
            node.Around = ["env", $"CRAS_UVB_PATH=shm:{Windows}"];
            node.Options.AddRange(["--wires", "uvb,grpc", "--uvb-library", library]);
        }

        return cluster.StartAsync();
    }

    // The daemons listen for clients as before; but the addresses by which they know each other are nobody's.
    private void LeadGrpcNowhere()
    {
        var plain = cluster.Topology;
        var lost = plain.Nodes.Select(node => node with { Dies = [.. node.Dies.Select(Nowhere)] }).ToArray();
        var map = Path.Combine(cluster.Folder, "nowhere.json");
        File.WriteAllText(map, TopologyFile.Write(Topology.Create(plain.Cluster, lost, plain.ControlGroup)));
        foreach (var node in cluster.Nodes)
        {
            node.TopologyPath = map;
            node.Options.AddRange(["--listen", $"0={node.Node.Dies[0].Grpc}"]);
        }
    }

    private static TopologyDie Nowhere(TopologyDie die)
    {
        var host = die.Grpc.ToString();
        HostPort.TryParse($"{host[..host.LastIndexOf(':')]}:1", out var nowhere).ShouldBeTrue();
        return die with { Grpc = nowhere };
    }

    private async Task<bool> IsToldAsync(RealNode asked, string wire) =>
        (await cluster.LinksAsync(asked)).Contains(wire, StringComparison.Ordinal);
}
