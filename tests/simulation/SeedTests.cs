using System.Globalization;
using ClusterRas.Simulator;

namespace ClusterRas.Simulation.Tests;

/// <summary>Whole clusters, by seed.</summary>
public sealed class SeedTests(ITestOutputHelper output)
{
    private const int LivesPerRun = 500;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Seed_PlayedTwice_GivesTheSameTranscript(ulong seed) => TranscriptOf(seed).ShouldBe(TranscriptOf(seed));

    [Fact]
    public void Seeds_Fresh_KeepAllPromises()
    {
        // Fresh seeds each time: a suite that always plays the same lives finds nothing after its first day.
        var first = (ulong)(DateTime.UtcNow.Ticks % 1_000_000_000_000);
        output.WriteLine($"{LivesPerRun} lives from seed {first}");
        var sweep = Sweep.Play(first, LivesPerRun, nodeCount: null, brokenMax: 5, static _ => { });
        sweep.Broken.Select(life => life.Report(nodeCount: null)).ShouldBeEmpty();
        sweep.LifeCount.ShouldBe(LivesPerRun);
    }

    private static string TranscriptOf(ulong seed)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        var life = ClusterLife.Play(seed, nodeCount: 3, new Transcript(text));
        return text + life.Report(nodeCount: 3);
    }
}
