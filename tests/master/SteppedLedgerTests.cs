using ClusterRas.Protocol;
using static ClusterRas.Master.Tests.Samples;

namespace ClusterRas.Master.Tests;

/// <summary>A ledger without a thread of its own: it writes when it is told to, on the caller's.</summary>
public sealed class SteppedLedgerTests : IDisposable
{
    private readonly TestFolder folder = new();

    [Fact]
    public void WriteWaiting_WithThreeWrites_TellsTheLastAndHoldsThemAll()
    {
        var told = new Told();
        using (var ledger = folder.Open().Ledger)
        {
            ledger.WriteWaiting(told.Signals).ShouldBeFalse("nothing waits");
            ledger.Enqueue(new(1), State(2)).ShouldBeTrue();
            ledger.Enqueue(new(2), Append(Text(1, 2, "a"))).ShouldBeTrue();
            ledger.Enqueue(new(3), Append(Text(2, 2, "b"))).ShouldBeTrue();
            told.Persisted.ShouldBeEmpty();

            ledger.WriteWaiting(told.Signals).ShouldBeTrue();
            ledger.WriteWaiting(told.Signals).ShouldBeFalse("all is written");
        }

        told.Persisted.ShouldBe([3]);
        folder.Look().State.Entries.Count.ShouldBe(2);
    }

    [Fact]
    public void WriteWaiting_OfALedgerWithAThread_IsRefused()
    {
        var told = new Told();
        using var ledger = folder.Open().Ledger;
        ledger.Start(told.Signals);

        Should.Throw<InvalidOperationException>(() => ledger.WriteWaiting(told.Signals));
    }

    [Fact]
    public void Abandon_AfterAWrite_LeavesItInTheWriteAheadLogAndForgetsWhatWaits()
    {
        var told = new Told();
        var ledger = folder.Open().Ledger;
        ledger.Enqueue(new(1), Append(Text(1, 1, "written"))).ShouldBeTrue();
        ledger.WriteWaiting(told.Signals).ShouldBeTrue();
        ledger.Enqueue(new(2), Append(Text(2, 1, "waits"))).ShouldBeTrue();
        ledger.Abandon();

        new FileInfo(folder.Database + "-wal").Length.ShouldBeGreaterThan(0);
        folder.Look().State.Entries.ShouldHaveSingleItem().ShouldBe(Text(1, 1, "written"));
    }

    [Fact]
    public void Open_OfAnEmptyFolder_HasTheDiskIdThatItIsGiven()
    {
        var opening = Ledger.Open(folder.Options with { NewDisk = () => new DiskId(0x5EED) }, WireCodec.Instance);
        opening.Ledger.Dispose();

        opening.State.Disk.ShouldBe(new DiskId(0x5EED));
        folder.Look().State.Disk.ShouldBe(new DiskId(0x5EED));
    }

    public void Dispose() => folder.Dispose();
}
