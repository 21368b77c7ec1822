namespace ClusterRas.Daemon.Tests;

/// <summary>SIGSTOP: processes that are there and do nothing, and then wake up with what they believed before.</summary>
public sealed class FrozenMajorityTests : IDisposable
{
    /// <summary>Rounds of the kernel's resend, a second each, without an ack.</summary>
    private const int SilentRounds = 3;

    private readonly RealCluster cluster = new(nodeCount: 6, control: 5);

    [Fact]
    public async Task ThreeOfFiveVoters_Frozen_LetNoAckOutAndThenOne()
    {
        // n6 is the victim and never runs; another tag is another life of it.
        RealNode[] control = [.. cluster.Nodes.Take(5)];
        var master = await cluster.StartAsync(control);
        await FreezeAsync([.. control.Where(node => node != master).Take(3)], firstTag: 100);
        master = await cluster.MasterAsync();
        await FreezeAsync([master, .. control.Where(node => node != master).Take(2)], firstTag: 200);
    }

    public void Dispose() => cluster.Dispose();

    private async Task FreezeAsync(RealNode[] frozen, int firstTag)
    {
        var before = (await cluster.SameOnAllAsync("the same", _ => true)).Count;
        foreach (var node in frozen)
        {
            node.Freeze();
        }

        var witness = cluster.Nodes.Take(5).Except(frozen).Last();
        var telling = witness.Kernel.Tell(RealCluster.Panic(6, (ulong)(35_000 + firstTag)));
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
        await cluster.SameOnAllAsync("nothing new", list => list.Count == before);

        foreach (var node in frozen)
        {
            node.Thaw();
        }

        await cluster.AckedAsync(telling);
        await cluster.SameOnAllAsync(
            "the one released incident",
            list => list.Count == before + 1 && list[^1].AckedCount == 1
        );

        // What comes after it in the same pipe comes after everything that belongs to it.
        var after = witness.Kernel.Tell(RealCluster.Panic(6, (ulong)(35_001 + firstTag)));
        await cluster.AckedAsync(after);
        telling.Acks.ShouldBe(1);
        after.Acks.ShouldBe(1);
        witness.Kernel.Oddities.ShouldBeEmpty();
    }
}
