using System.Globalization;
using ClusterRas.Fabric;
using ClusterRas.Simulator;
using ClusterRas.Simulator.Faults;
using ClusterRas.Simulator.World;

namespace ClusterRas.Simulation.Tests;

/// <summary>Lives whose disks are the product's own ledger: it holds what was written, and tells no more than that.</summary>
public sealed class RealLedgerTests(ITestOutputHelper output)
{
    private const int LivesPerRun = 20;
    private const ulong Every = 97;

    [Fact]
    public void Seeds_OnRealLedgers_KeepAllPromisesAndFindTheirDisksAsTheyWereWritten()
    {
        output.WriteLine($"{LivesPerRun} lives: the multiples of {Every}");
        var sweep = Sweep.Play(
            new SweepOrder(1, LivesPerRun, turn => FaultPlanner.Draw(turn * Every, nodeCount: null)),
            static _ => { }
        );
        sweep.Broken.Select(life => life.Report(nodeCount: null)).ShouldBeEmpty();
        sweep.LifeCount.ShouldBe(LivesPerRun);
    }

    [Fact]
    public void Seed_OnRealLedgersPlayedTwice_GivesTheSameTranscript() =>
        TranscriptOf(Every).ShouldBe(TranscriptOf(Every));

    [Fact]
    public void OneSeedInAHundred_IsOnRealLedgersAndSaysSo()
    {
        var plans = Enumerable.Range(1, 1000).Select(seed => FaultPlanner.Draw((ulong)seed, nodeCount: 3)).ToList();
        plans.Count(plan => plan.OnRealLedger).ShouldBe(10);
        plans.ShouldAllBe(plan => plan.ToString().Contains("on real ledgers") == plan.OnRealLedger);
    }

    /// <summary>The check is not blind: what SQLite had not yet copied out of its write-ahead log is taken away while nobody looks.</summary>
    [Fact]
    public void Ledger_ThatLostItsTailInACrash_IsFoundAtTheNextStart()
    {
        var crash = new Fault.ProcessCrash(
            TimeSpan.FromSeconds(8),
            new NodeId(1),
            TimeSpan.FromMilliseconds(300),
            AfterEffects: 1
        );
        var plan = FaultPlanner.Draw(Every, nodeCount: 3) with { Faults = [crash] };
        Cluster? world = null;
        using var cluster = new Cluster(plan, transcript: null, Spoil);
        world = cluster;

        cluster.Run().ShouldNotBeNull().Reason.ShouldContain("the ledger opens TreatedAsWiped");

        void Spoil(Sighting sighting)
        {
            if (sighting is Sighting.Stopped { Node.Value: 1 })
            {
                var folder = Directory.GetDirectories(world!.LedgerFolder!, "n1-*").ShouldHaveSingleItem();
                File.Delete(Path.Combine(folder, "ledger.db-wal"));
            }
        }
    }

    private static string TranscriptOf(ulong seed)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var life = ClusterLife.Play(seed, nodeCount: 5, new Transcript(text));
        return text + life.Report(nodeCount: 5);
    }
}
