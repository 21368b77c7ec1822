using System.Globalization;
using ClusterRas.Simulator;

namespace ClusterRas.Simulation.Tests;

/// <summary>Whole clusters, by seed.</summary>
public sealed class SeedTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Seed_PlayedTwice_GivesTheSameTranscript(ulong seed) => TranscriptOf(seed).ShouldBe(TranscriptOf(seed));

    // The same lives each time, so that a change that breaks one is told from chance; fresh ones are played by
    // ./x sim and, new with every commit, by .ci/run. Small clusters meet the same faults, and are played five times as fast.
    [Theory]
    [InlineData(300, null)]
    [InlineData(1700, 3)]
    public void Seeds_TwoThousand_KeepAllPromises(int lifeCount, int? nodeCount)
    {
        const ulong first = 1;
        output.WriteLine($"{lifeCount} lives from seed {first}");
        var sweep = Sweep.Play(SweepOrder.Of(first, lifeCount, nodeCount) with { BrokenMax = 5 }, static _ => { });
        sweep.Broken.Select(life => life.Report(nodeCount)).ShouldBeEmpty();
        sweep.LifeCount.ShouldBe(lifeCount);
    }

    private static string TranscriptOf(ulong seed)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var life = ClusterLife.Play(seed, nodeCount: 3, new Transcript(text));
        return text + life.Report(nodeCount: 3);
    }
}
