using ClusterRas.Master.Sqlite;
using ClusterRas.Protocol;
using static ClusterRas.Master.Tests.Samples;

namespace ClusterRas.Master.Tests;

/// <summary>B5: what makes a disk be treated as wiped, and what must not.</summary>
public sealed class LedgerTrustTests : IDisposable
{
    private readonly TestFolder folder = new();
    private readonly StoredState kept;

    public LedgerTrustTests()
    {
        using (var ledger = folder.Open().Ledger)
        {
            ledger.NextTag(new BootId(0xB1)).ShouldBe(1);
        }

        folder.Keep(
            State(1),
            Append(Text(1, 1, "a"), Text(2, 1, "b"), Text(3, 1, "c"), Text(4, 1, "d")),
            DiskWrite.Nothing with
            {
                Snapshot = new Snapshot(new(2), new(1), [Text(1, 1, "a")]),
            },
            Append(Text(5, 1, "e"))
        );
        kept = folder.Look().State;
    }

    public static readonly TheoryData<string, string> Changes = new()
    {
        // The last byte of the payload is the last character of its text.
        {
            "UPDATE entries SET payload = CAST(substr(payload, 1, length(payload) - 1) || 'X' AS BLOB) "
                + "WHERE log_index = 4",
            "the hash chain breaks after entry 3, at entry 4"
        },
        { "UPDATE entries SET term = 2 WHERE log_index = 4", "the hash chain breaks after entry 3, at entry 4" },
        { "DELETE FROM entries WHERE log_index = 4", "the hash chain breaks after entry 3, at entry 5" },
        { "DELETE FROM entries WHERE log_index = 5", "the database is not the one that the mark was written for" },
        { "DELETE FROM snapshot", "the hash chain breaks after entry 0, at entry 3" },
        { "DELETE FROM snapshot_entries", "the snapshot at entry 2 does not fit its hash" },
        { "UPDATE hard_state SET term = 0", "the database is not the one that the mark was written for" },
        { "DELETE FROM hard_state", "table hard_state holds no term and vote" },
        { "UPDATE meta SET disk_id = '" + Zeros + "'", "another disk id" },
        { "UPDATE meta SET writes = writes - 1", "its tail is lost" },
        { "UPDATE meta SET writes = writes + 2", "one of them was put back" },
        { "DROP TABLE outbox", "no such table: outbox" },
        { "DROP TABLE meta", "the database has no tables of ours" },
    };

    private const string Zeros = "00000000000000000000000000000000";

    [Theory]
    [MemberData(nameof(Changes))]
    public void Open_DatabaseWasChanged_IsTreatedAsWiped(string change, string reason)
    {
        using (var connection = SqliteConnection.Open(folder.Database, create: false, TimeSpan.Zero))
        {
            connection.Execute(change);
        }

        ShouldBeWiped(reason);
    }

    [Fact]
    public void Open_DatabaseOfYesterday_IsTreatedAsWiped()
    {
        File.Copy(folder.Database, folder.Database + ".copy");
        folder.Keep(Append(Text(6, 1, "f")));
        File.Move(folder.Database + ".copy", folder.Database, overwrite: true);

        ShouldBeWiped("its tail is lost: the database ends at write 5 (entry 5), the mark at write 6 (entry 6)");
    }

    [Fact]
    public void Open_WriteAheadLogIsGone_IsTreatedAsWiped()
    {
        using (var ledger = folder.Open().Ledger)
        {
            var told = new Told();
            ledger.Start(told.Signals);
            ledger.Enqueue(new(1), Append(Text(6, 1, "f")));
            told.WaitForPersisted(1);
            // As after a crash: what was written last is in the write-ahead log alone.
            File.Copy(folder.Database, folder.Database + ".copy");
        }

        File.Move(folder.Database + ".copy", folder.Database, overwrite: true);
        File.Delete(folder.Database + "-wal");

        ShouldBeWiped("its tail is lost");
    }

    [Fact]
    public void Open_DatabaseIsGone_IsTreatedAsWiped()
    {
        File.Delete(folder.Database);
        File.Delete(folder.Database + "-wal");

        ShouldBeWiped("the database is gone; the mark tells of 5 writes");
    }

    [Fact]
    public void Open_DatabaseIsOverwritten_IsTreatedAsWiped()
    {
        File.WriteAllBytes(folder.Database, new byte[8192]);

        ShouldBeWiped("file is not a database");
    }

    [Fact]
    public void Open_PageIsDamaged_IsTreatedAsWiped()
    {
        using (var file = File.OpenWrite(folder.Database))
        {
            file.Position = 4096;
            file.Write(new byte[4096]);
        }

        ShouldBeWiped("");
    }

    [Fact]
    public void Open_MarkIsGone_IsTreatedAsWiped()
    {
        File.Delete(folder.Mark);

        ShouldBeWiped("the mark beside the database is missing");
    }

    [Fact]
    public void Open_BothSlotsOfTheMarkAreDamaged_IsTreatedAsWiped()
    {
        Damage(slot: 0);
        Damage(slot: 1);

        ShouldBeWiped("the mark beside the database is unreadable");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Open_OneSlotOfTheMarkIsTorn_KeepsEverything(int slot)
    {
        Damage(slot);

        var opening = folder.Look();

        opening.Condition.ShouldBe(LedgerCondition.Sound);
        opening.State.ShouldBe(kept);
    }

    [Fact]
    public void Open_FirstStartWasCutShortAfterTheMark_GoesOnWithItsDiskId()
    {
        using var fresh = new TestFolder();
        var first = fresh.Look();
        File.Delete(fresh.Database);
        File.Delete(fresh.Database + "-wal");

        var second = fresh.Look();

        second.Condition.ShouldBe(LedgerCondition.Fresh);
        second.State.Disk.ShouldBe(first.State.Disk);
    }

    [Fact]
    public void Open_AnOperatorReadsAllTheTime_KeepsEverything()
    {
        using var shell = SqliteConnection.OpenForReading(folder.Database, TimeSpan.Zero);
        shell.Execute("BEGIN");
        shell.Number("SELECT count(*) FROM entries").ShouldBe(3);
        folder.Keep(Append(Text(6, 1, "f")));

        var opening = folder.Look();

        opening.Condition.ShouldBe(LedgerCondition.Sound);
        opening.State.Entries.Count.ShouldBe(4);
        opening.Notes.ShouldHaveSingleItem().ShouldContain("another program reads the database");
    }

    public void Dispose() => folder.Dispose();

    private void ShouldBeWiped(string reason)
    {
        var opening = folder.Open();
        using (var ledger = opening.Ledger)
        {
            opening.Condition.ShouldBe(LedgerCondition.TreatedAsWiped);
            opening.Reason.ShouldContain(reason);
            opening.State.ShouldBe(StoredState.Empty(opening.State.Disk));
            opening.State.Disk.ShouldNotBe(kept.Disk);

            // The life of this boot is not the disk's: its tag must not be given twice.
            ledger.NextTag(new BootId(0xB1)).ShouldBe(1);
            ledger.NextTag(new BootId(0xB2)).ShouldBe(2);
        }

        Directory.GetFiles(opening.SetAside.ShouldNotBeNull()).ShouldNotBeEmpty();
        folder.Look().Condition.ShouldBe(LedgerCondition.Sound);
    }

    private void Damage(int slot)
    {
        using var file = File.OpenWrite(folder.Mark);
        file.Position = (slot * 4096) + 100;
        file.WriteByte(0xFF);
        file.WriteByte(0xEE);
    }
}
