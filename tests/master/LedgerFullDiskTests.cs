using System.Globalization;

namespace ClusterRas.Master.Tests;

/// <summary>A disk that takes no writes for a while: nothing is lost, nothing reordered, reading goes on.</summary>
public sealed class LedgerFullDiskTests : IDisposable
{
    private readonly TestFolder folder = new();

    [Fact]
    public void Ledger_DiskIsFullAndThenHasSpace_WritesAllThatWaited()
    {
        Assert.SkipWhen(VictimProcess.NoMounts() is { } reason, VictimProcess.NoMounts() ?? "");
        using var victim = VictimProcess.StartWithMount(folder.Path, "-t tmpfs -o size=2m none");
        victim.WaitFor("opened").ShouldBe("Fresh");
        victim.Say("write 100");
        victim.WaitFor("taken").ShouldBe("1");
        victim.WaitFor("persisted").ShouldBe("1");

        victim.Say("fill");
        victim.WaitFor("filled");
        for (var i = 2; i <= 40; i++)
        {
            victim.Say("write 5000");
            victim.WaitFor("taken").ShouldBe(i.ToString(CultureInfo.InvariantCulture));
        }

        var stalled = victim.WaitFor("stalled");
        victim.Say("read");
        victim.WaitFor("read").ShouldBe("0");
        victim.Say("free");
        victim.WaitFor("freed");
        while (victim.WaitFor("persisted") != "40") { }

        stalled.ShouldContain("full");
        var rest = victim.End();
        rest.ShouldNotContain(line => line.StartsWith("failed", StringComparison.Ordinal));
    }

    [Fact]
    public void Open_DiskIsFull_IsRefusedAndNothingIsSetAside()
    {
        Assert.SkipWhen(VictimProcess.NoMounts() is { } reason, VictimProcess.NoMounts() ?? "");
        using var victim = VictimProcess.StartWithMount(folder.Path, "-t tmpfs -o size=4k none");

        victim.WaitFor("refused").ShouldContain("cannot be opened; nothing in it was lost");
    }

    [Fact]
    public void Open_FolderIsReadOnly_IsRefusedAndNothingIsSetAside()
    {
        Assert.SkipWhen(VictimProcess.NoMounts() is { } reason, VictimProcess.NoMounts() ?? "");
        folder.Keep(Samples.State(3));
        var before = folder.Look().State;

        using var victim = VictimProcess.StartWithMount(folder.Path, $"--bind -o ro {folder.Path}");
        var refused = victim.WaitFor("refused");

        refused.ShouldContain("cannot be opened; nothing in it was lost");
        refused.ShouldContain("ledger.mark");
        folder.Look().State.ShouldBe(before);
    }

    [Fact]
    public void Ledger_DatabaseIsLockedByAnotherProgram_WaitsForIt()
    {
        var told = new Told();
        using var ledger = folder.Open().Ledger;
        ledger.Start(told.Signals);
        using (var shell = Sqlite.SqliteConnection.Open(folder.Database, create: false, TimeSpan.Zero))
        {
            shell.Execute("BEGIN IMMEDIATE");
            ledger.Enqueue(new(1), Samples.Append(Samples.Text(1, 1, "a")));
            ledger.Enqueue(new(2), Samples.Append(Samples.Text(2, 1, "b")));
            told.WaitForStalled();
            told.Persisted.ShouldBeEmpty();
        }

        told.WaitForPersisted(2);
        told.Stalled.ShouldHaveSingleItem().ShouldContain("locked");
        told.Failed.ShouldBeEmpty();
    }

    [Fact]
    public void Ledger_DatabaseIsReplacedWhileInUse_Fails()
    {
        using var other = new TestFolder();
        other.Keep(Samples.State(1));
        var told = new Told();
        using var ledger = folder.Open().Ledger;
        ledger.Start(told.Signals);
        using (var shell = Sqlite.SqliteConnection.Open(folder.Database, create: false, TimeSpan.Zero))
        {
            shell.Execute("BEGIN IMMEDIATE");
            ledger.Enqueue(new(1), Samples.Append(Samples.Text(1, 1, "a")));
            told.WaitForStalled();
            File.Delete(folder.Database);
            File.Delete(folder.Database + "-wal");
            File.Delete(folder.Database + "-shm");
            // In one step: half a copy would be a broken database and not another one.
            File.Move(other.Database, folder.Database);
        }

        told.WaitForFailed();
        told.Failed.ShouldHaveSingleItem().ShouldContain("Another database, or none");
        told.Persisted.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ledger_DatabaseIsTakenAwayBetweenWrites_Fails(bool isReplaced)
    {
        using var other = new TestFolder();
        other.Keep(Samples.State(1));
        var told = new Told();
        using var ledger = folder.Open().Ledger;
        ledger.Start(told.Signals);
        ledger.Enqueue(new(1), Samples.Append(Samples.Text(1, 1, "a")));
        told.WaitForPersisted(1);
        if (isReplaced)
        {
            File.Move(other.Database, folder.Database, overwrite: true);
        }
        else
        {
            File.Delete(folder.Database);
        }

        ledger.Enqueue(new(2), Samples.Append(Samples.Text(2, 1, "b")));
        told.WaitForFailed();
        told.Failed.ShouldHaveSingleItem().ShouldContain("Another database, or none");
        told.Persisted.ShouldBe([1]);
    }

    public void Dispose() => folder.Dispose();
}
