using ClusterRas.Transport.Recording;

namespace ClusterRas.Daemon.Tests;

/// <summary><c>rasd --record</c>: what real nodes did is what the same core does again.</summary>
public sealed class RecordingTests
{
    [Fact]
    public async Task Recordings_OfAPanicOfTheMaster_AgreeWhenReplayedAndAnAlteredByteIsFound()
    {
        using var cluster = new RealCluster(nodeCount: 3, dieCount: 2);
        foreach (var node in cluster.Nodes)
        {
            node.Options.AddRange(["--record", FileOf(node)]);
        }

        var master = await cluster.StartAsync();
        var witnesses = cluster.Nodes.Where(node => node != master).ToList();
        master.Kill();
        await cluster.AckedAsync([.. witnesses.Select(node => node.Kernel.Tell(RealCluster.Panic(master.Number)))]);
        await cluster.SameOnAllAsync("one released incident", list => list is [{ ReleaseCount: 2 }]);
        foreach (var node in witnesses)
        {
            (await node.StopAsync()).ShouldBe(0);
        }

        // Killed in the middle of its work: what it wrote until then counts.
        Replay(master).ShouldBeOfType<ReplayOutcome.Agrees>().StepCount.ShouldBeGreaterThan(20);
        foreach (var node in witnesses)
        {
            var agrees = Replay(node).ShouldBeOfType<ReplayOutcome.Agrees>();
            agrees.End.ShouldBe("stopped");
            agrees.StepCount.ShouldBeGreaterThan(50);
        }

        var altered = File.ReadAllBytes(FileOf(witnesses[0]));
        altered[altered.Length / 2] ^= 1;
        RunReplay
            .Run(new MemoryStream(altered))
            .ShouldBeOfType<ReplayOutcome.Unusable>()
            .Reason.ShouldStartWith("after step ");
    }

    [Fact]
    public async Task Recording_IntoAFileThatIsThere_IsRefusedBeforeAnythingIsOpened()
    {
        using var cluster = new RealCluster(nodeCount: 1);
        var node = cluster[1];
        node.Options.AddRange(["--record", cluster.TopologyPath]);

        var (status, said) = await Rasd.RunAsync(node.Arguments());

        status.ShouldBe(2);
        said.ShouldHaveSingleItem()
            .ShouldBe($"rasd: --record {cluster.TopologyPath}: there is such a file; expected the name of a new one");
        Directory.Exists(node.Data).ShouldBeFalse();
    }

    private static string FileOf(RealNode node) => node.Data + ".record";

    private static ReplayOutcome Replay(RealNode node)
    {
        using var file = File.OpenRead(FileOf(node));
        return RunReplay.Run(file);
    }
}
