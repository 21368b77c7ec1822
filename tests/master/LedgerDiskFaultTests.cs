using System.ComponentModel;
using System.Diagnostics;

namespace ClusterRas.Master.Tests;

/// <summary>Calls of the disk that fail while the ledger runs (disk-faults.c, preloaded into the victim).</summary>
public sealed class LedgerDiskFaultTests : IDisposable
{
    private const int IoError = 5;
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int QuotaExceeded = 122;

    // Compiled once for all cases; the reason why not, where there is no compiler.
    private static readonly Lazy<(string Library, string? Missing)> Faults = new(Compile);

    private readonly TestFolder folder = new();

    [Theory]
    [InlineData("fsync", IoError, "ledger.db-wal")]
    [InlineData("fsync", NoSpace, "ledger.db-wal")]
    [InlineData("write", IoError, "ledger.db-wal")]
    public void Ledger_DiskFailsSoThatNothingIsKnown_FailsAtOnceAndHoldsWhatWasPersisted(
        string call,
        int errno,
        string file
    )
    {
        using var victim = StartVictim();
        Fail(call, errno, file);

        victim.Say("write 10");
        victim.WaitFor("taken").ShouldBe("2");
        victim.WaitFor("failed").ShouldNotBeEmpty();
        Heal();
        victim.Say("write 10");
        victim.WaitFor("not taken").ShouldBe("3");

        victim.End().ShouldNotContain(line => line.StartsWith("persisted", StringComparison.Ordinal));
        var opening = folder.Look();
        opening.Condition.ShouldBe(LedgerCondition.Sound, opening.Reason);
        opening.State.Entries.Count.ShouldBeInRange(1, 2);
    }

    [Theory]
    [InlineData("fsync", IoError)]
    [InlineData("fsync", NoSpace)]
    [InlineData("write", IoError)]
    public void Ledger_MarkFails_FailsAndTheNextStartHoldsTheWriteThatWasToldBeforeIt(string call, int errno)
    {
        // Of an earlier write the mark may still be under way when that write has been told.
        using var victim = OpenVictim();
        Fail(call, errno, "ledger.mark");

        victim.Say("write 10");
        victim.WaitFor("persisted").ShouldBe("1");
        victim.WaitFor("failed").ShouldNotBeEmpty();
        Heal();
        victim.Say("write 10");
        victim.WaitFor("not taken").ShouldBe("2");

        victim.End().ShouldNotContain(line => line.StartsWith("persisted", StringComparison.Ordinal));
        var opening = folder.Look();
        opening.Condition.ShouldBe(LedgerCondition.Sound, opening.Reason);
        opening.State.Entries.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(NoSpace, "ledger.db-wal")]
    [InlineData(QuotaExceeded, "ledger.db-wal")]
    [InlineData(ReadOnlyFileSystem, "ledger.db-wal")]
    [InlineData(NoSpace, "ledger.mark")]
    [InlineData(QuotaExceeded, "ledger.mark")]
    public void Ledger_DiskRefusesWritesForAWhile_StallsAndGoesOn(int errno, string file)
    {
        using var victim = StartVictim();
        Fail("write", errno, file);

        victim.Say("write 10");
        victim.WaitFor("taken").ShouldBe("2");
        victim.WaitFor("stalled").ShouldNotBeEmpty();
        victim.Say("write 10");
        victim.WaitFor("taken").ShouldBe("3");
        Heal();
        while (victim.WaitFor("persisted") != "3") { }

        victim.End().ShouldNotContain(line => line.StartsWith("failed", StringComparison.Ordinal));
        var opening = folder.Look();
        opening.Condition.ShouldBe(LedgerCondition.Sound, opening.Reason);
        opening.State.Entries.Count.ShouldBe(3);
    }

    public void Dispose()
    {
        Heal();
        folder.Dispose();
    }

    private string Control => folder.Path + ".faults";

    private VictimProcess StartVictim()
    {
        var victim = OpenVictim();
        victim.Say("write 10");
        victim.WaitFor("taken").ShouldBe("1");
        victim.WaitFor("persisted").ShouldBe("1");
        return victim;
    }

    private VictimProcess OpenVictim()
    {
        var (library, missing) = Faults.Value;
        Assert.SkipWhen(missing is not null, missing ?? "");
        var victim = VictimProcess.Start(folder.Path, ("LD_PRELOAD", library), ("LEDGER_FAULTS", Control));
        victim.WaitFor("opened").ShouldBe("Fresh");
        return victim;
    }

    private void Fail(string call, int errno, string suffix)
    {
        File.WriteAllText(Control + ".new", FormattableString.Invariant($"{call} {errno} {suffix}\n"));
        File.Move(Control + ".new", Control);
    }

    private void Heal() => File.Delete(Control);

    private static (string Library, string? Missing) Compile()
    {
        var source = Path.Combine(AppContext.BaseDirectory, "disk-faults.c");
        var library = Path.Combine(AppContext.BaseDirectory, "disk-faults.so");
        try
        {
            using var compiler = Process.Start(
                new ProcessStartInfo(
                    "cc",
                    ["-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source, "-ldl"]
                )
                {
                    RedirectStandardError = true,
                }
            )!;
            var said = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            compiler.ExitCode.ShouldBe(0, said);
            return (library, null);
        }
        catch (Win32Exception absent)
        {
            return ("", $"no C compiler for disk-faults.c: {absent.Message}");
        }
    }
}
