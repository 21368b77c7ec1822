using ClusterRas.Fabric;
using ClusterRas.Sentry;

namespace ClusterRas.Daemon.Tests;

/// <summary>A stock kernel panics, and the daemon on another node's jetty is the only one who hears it.</summary>
public sealed class StockKernelTests : IDisposable
{
    private RealCluster? present;

    [Fact]
    public async Task Panic_OfAStockKernel_IsReportedAndAcked()
    {
        var cluster = NewCluster(daemons: 1);
        await cluster.StartAloneAsync(cluster[1]);
        using var kernel = new StockKernel(ClusterMap.EidOf(2, 0));
        var panic = Panic(2);

        await kernel.SayUntilAckedAsync(ClusterMap.EidOf(1, 0), panic);

        // Its own address and nothing else, said again; and only what is committed is answered.
        kernel.Acks.ShouldAllBe(ack =>
            ack == new NodeMessage(NodeMessageType.PanicAck, panic.Cna, 0, 0, ack.Result, panic.Eid)
        );
        await cluster.SameOnAllAsync(
            "one panic of n2, acked",
            list => list is [{ Kind: EventKind.Panic, VictimNodeName: "n2", AckedCount: 1 }]
        );
    }

    [Fact]
    public async Task Copy_AfterTheAck_IsAnsweredAgainAndIsNoOtherIncident()
    {
        var cluster = NewCluster(daemons: 1);
        await cluster.StartAloneAsync(cluster[1]);
        using var kernel = new StockKernel(ClusterMap.EidOf(2, 0));
        await kernel.SayUntilAckedAsync(ClusterMap.EidOf(1, 0), Panic(2));
        var before = kernel.Acks.Count;

        // The ack was lost: the kernel says it once more.
        kernel.Say(ClusterMap.EidOf(1, 0), Panic(2));

        await cluster.UntilAsync("it is answered again", () => Task.FromResult(kernel.Acks.Count > before));
        await cluster.SameOnAllAsync("one panic of n2", list => list is [{ VictimNodeName: "n2", AckedCount: 1 }]);
    }

    [Fact]
    public async Task Panic_ThatNamesAnotherNode_IsNotTaken()
    {
        var cluster = NewCluster(daemons: 1);
        await cluster.StartAloneAsync(cluster[1]);
        using var kernel = new StockKernel(ClusterMap.EidOf(2, 0));

        kernel.Say(ClusterMap.EidOf(1, 0), Panic(1));

        await cluster.SaidAsync(cluster[1], "source.message_refused");
        (await cluster[1].IncidentsAsync()).ShouldBeEmpty();
        kernel.Acks.ShouldBeEmpty();
    }

    [Fact]
    public async Task Panic_WithoutAMajority_IsNotAcked()
    {
        var cluster = NewCluster(daemons: 3);
        await cluster.StartAsync(cluster[1], cluster[2], cluster[3]);
        cluster[2].Kill();
        cluster[3].Kill();
        using var kernel = new StockKernel(ClusterMap.EidOf(4, 0));

        kernel.Say(ClusterMap.EidOf(1, 0), Panic(4) with { TimeoutMs = 3000 });

        await cluster.SaidAsync(cluster[1], "word.raised");
        await cluster.SaidAsync(cluster[1], "window.over");
        kernel.Acks.ShouldBeEmpty();
    }

    public void Dispose() => present?.Dispose();

    /// <summary>So many daemons that vote, and one more machine that has nothing but its kernel.</summary>
    private RealCluster NewCluster(int daemons)
    {
        var cluster = present = new RealCluster(daemons + 1, control: daemons);
        foreach (var node in cluster.Nodes)
        {
            node.Around = StockKernel.Around(node.Node.Dies[0].Eid);
            node.Options.AddRange(["--wires", "urma,grpc", "--urma-library", NativeWires.UrmaLibrary]);
        }

        return cluster;
    }

    private static NodeMessage Panic(int number) =>
        new(
            NodeMessageType.Panic,
            (uint)ClusterMap.CnaOf(number).Value,
            35_000,
            0xdeadbeef,
            0,
            ClusterMap.EidOf(number, 0)
        );
}
