namespace ClusterRas.Master.Tests.Crash;

/// <summary>The power may go at any point: what was told as persisted is there, and the rest is a whole number of writes.</summary>
public sealed class LedgerCrashTests(ITestOutputHelper output)
{
    [Fact]
    public void Ledger_PowerGoesAtAnyPoint_HoldsAllThatWasToldAndNoPartOfAWrite()
    {
        var check = Check(story =>
        {
            story.Live(35);
            story.Live(15);
        });

        check.Findings.ShouldBeEmpty();
        check.ImageCount.ShouldBeGreaterThan(500);
    }

    /// <summary>Each of the three fsyncs carries a promise of its own.</summary>
    /// <param name="hows">Some of a file's pages may have reached the disk all the same: which are left decides how it is broken.</param>
    [Theory]
    [InlineData("ledger.db-wal", "it holds no state after any of the writes", "database disk image is malformed")]
    [InlineData("ledger.mark", "one of them was put back")]
    [InlineData("ledger.db", "another disk")]
    public void Ledger_FsyncLies_IsFoundByTheCheck(string file, params string[] hows)
    {
        var check = Check(story =>
        {
            story.Live(5);
            story.Disk.LiesAbout = file;
            story.Live(45);
        });

        check.Findings.ShouldNotBeEmpty();
        hows.ShouldContain(how => check.Findings[0].Contains(how, StringComparison.Ordinal));
    }

    private CrashCheck Check(Action<CrashStory> live)
    {
        var seed = CrashSeed.Draw(output);
        using var story = new CrashStory(seed);
        live(story);
        story.Failure.ShouldBeNull();
        var operations = story.Disk.Operations;
        var check = new CrashCheck(seed, story.DiskId);
        check.Run(operations);
        output.WriteLine($"{operations.Count} operations, {check.ImageCount} crash images");
        check.Findings.ForEach(output.WriteLine);
        return check;
    }
}
