namespace ClusterRas.Daemon.Tests;

/// <summary>SIGSTOP: processes that are there and do nothing, and then wake up with what they believed before.</summary>
public sealed class FrozenMajorityTests : IDisposable
{
    /// <summary>Rounds of the kernel's resend, a second each, without an ack.</summary>
    private const int SilentRounds = 4;

    private readonly RealCluster cluster = new(nodeCount: 6, control: 5);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ThreeOfFiveVoters_Frozen_LetNoAckOutAndThenOne(bool withMaster)
    {
        // n6 is the victim and never runs.
        RealNode[] control = [.. cluster.Nodes.Take(5)];
        var master = await cluster.StartAsync(control);
        var others = control.Where(node => node != master).ToList();
        RealNode[] frozen = withMaster ? [master, others[0], others[1]] : [others[0], others[1], others[2]];
        foreach (var node in frozen)
        {
            node.Freeze();
        }

        var witness = control.Except(frozen).Last();
        var telling = witness.Kernel.Tell(RealCluster.Panic(6));
        await cluster.SaidAsync(witness, "word.raised: Panic");
        await cluster.UntilAsync(
            "the kernel has asked in vain for seconds, and the live voters know no master",
            async () =>
            {
                var said = await Task.WhenAll(cluster.Live.Select(node => node.StatusAsync()));
                return telling.Copies > SilentRounds && said.All(status => status is { Master.HasNode: false });
            }
        );
        telling.Acks.ShouldBe(0);
        (await cluster.SameOnAllAsync("no incident", list => list.Count == 0)).ShouldBeEmpty();

        foreach (var node in frozen)
        {
            node.Thaw();
        }

        await cluster.AckedAsync(telling);
        await cluster.SameOnAllAsync("the one released incident", list => list is [{ AckedCount: 1 }]);

        // What comes after it in the same pipe comes after everything that belongs to it.
        var after = witness.Kernel.Tell(RealCluster.Panic(6, 35_777));
        await cluster.AckedAsync(after);
        telling.Acks.ShouldBe(1);
        after.Acks.ShouldBe(1);
        witness.Kernel.Oddities.ShouldBeEmpty();
    }

    public void Dispose() => cluster.Dispose();
}
