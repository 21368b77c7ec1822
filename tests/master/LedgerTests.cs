using ClusterRas.Fabric;
using ClusterRas.Master.Sqlite;
using ClusterRas.Protocol;
using static ClusterRas.Master.Tests.Samples;

namespace ClusterRas.Master.Tests;

public sealed class LedgerTests : IDisposable
{
    private readonly TestFolder folder = new();

    [Fact]
    public void Open_EmptyFolder_GivesEmptyStateWithADiskIdThatStays()
    {
        var first = folder.Look();
        var second = folder.Look();

        first.Condition.ShouldBe(LedgerCondition.Fresh);
        first.State.Disk.Value.ShouldNotBe(UInt128.Zero);
        first.State.ShouldBe(StoredState.Empty(first.State.Disk));
        second.State.Disk.ShouldBe(first.State.Disk);
    }

    [Fact]
    public void Open_AfterWrites_GivesEverythingBack()
    {
        var vote = new Voter(new NodeId(4), new DiskId(0xD4));
        var opened = Entry(2, 3, Opened(new NodeId(9), EventKind.Panic, 5));
        var first = folder.Keep(
            State(3, vote),
            Append(Entry(1, 3, new EntryPayload.Founded(Cluster, [vote])), opened),
            DiskWrite.Nothing with
            {
                OutboxPut = [Report(1), Report(2), Report(3)],
            },
            DiskWrite.Nothing with
            {
                OutboxPut = [Report(1, raisedNs: 6_000)],
                OutboxDrop = [Report(2).Report.Id],
            }
        );

        var second = folder.Look();

        second.Condition.ShouldBe(LedgerCondition.Sound);
        second.Notes.ShouldBeEmpty();
        second.State.ShouldBe(
            new StoredState(
                first.State.Disk,
                new HardState(Cluster, new Term(3), vote),
                null,
                [Entry(1, 3, new EntryPayload.Founded(Cluster, [vote])), opened],
                [Report(1, raisedNs: 6_000), Report(3)],
                default
            )
        );
    }

    // Found by a life on real ledgers (seed 60001484 of 5 nodes): the disk took part again after a restart.
    [Fact]
    public void Open_DiskThatIsOut_IsOutForEver()
    {
        var vote = new Voter(new NodeId(1), new DiskId(1));
        var retired = new HardState(Cluster, new Term(2), vote) { RetiredBy = 3 };
        folder.Keep(State(2, vote), DiskWrite.Nothing with { HardState = retired });

        var opening = folder.Look();

        opening.Condition.ShouldBe(LedgerCondition.Sound);
        opening.State.HardState.ShouldBe(retired);
        var told = new Told();
        using var ledger = folder.Open().Ledger;
        ledger.Start(told.Signals);
        ledger.Enqueue(new(1), State(3));
        told.WaitForFailed();
        told.Failed.ShouldHaveSingleItem().ShouldContain("out by recovery 3");
    }

    [Fact]
    public void Enqueue_OnlyWordsThatLeaveTheOutbox_IsAnsweredWithTheNextWrite()
    {
        var told = new Told();
        using (var ledger = folder.Open().Ledger)
        {
            ledger.Start(told.Signals);
            ledger.Enqueue(new(1), DiskWrite.Nothing with { OutboxPut = [Report(1), Report(2)] });
            told.WaitForPersisted(1);
            ledger.Enqueue(new(2), DiskWrite.Nothing with { OutboxDrop = [Report(1).Report.Id] });
            ledger.Enqueue(new(3), Append(Text(1, 1, "a")));
            told.WaitForPersisted(3);
            ledger.Enqueue(new(4), DiskWrite.Nothing with { OutboxDrop = [Report(2).Report.Id] });
        }

        told.Persisted.ShouldNotContain(4);
        var opening = folder.Look();
        opening.Condition.ShouldBe(LedgerCondition.Sound, opening.Reason);
        opening.State.Outbox.ShouldBeEmpty();
    }

    [Fact]
    public void Open_WhileAnotherHasTheLedger_IsRefusedInWords()
    {
        using var _ = folder.Open().Ledger;

        var refused = Should.Throw<LedgerException>(() => folder.Open());

        refused.Message.ShouldContain("ledger.mark");
    }

    [Fact]
    public void Open_LedgerOfANewerVersion_IsRefusedAndLeftAlone()
    {
        folder.Keep(State(1));
        Change("UPDATE meta SET schema_version = 99");

        var refused = Should.Throw<LedgerException>(() => folder.Open());

        refused.Message.ShouldContain("schema 99");
        Directory.GetDirectories(folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public void Enqueue_TruncateAndAppend_ReplacesTheTail()
    {
        folder.Keep(
            Append(Text(1, 1, "a"), Text(2, 1, "b"), Text(3, 1, "c")),
            Append(Text(2, 2, "B")) with
            {
                TruncateFrom = new(2),
            },
            Append(Text(3, 2, "C"))
        );

        folder.Look().State.Entries.ShouldBe([Text(1, 1, "a"), Text(2, 2, "B"), Text(3, 2, "C")]);
    }

    [Fact]
    public void Enqueue_SnapshotOfOwnLog_KeepsLaterEntries()
    {
        var snapshot = new Snapshot(new(2), new(1), [Text(1, 1, "a")]);
        folder.Keep(
            Append(Text(1, 1, "a"), Text(2, 1, "b"), Text(3, 1, "c")),
            DiskWrite.Nothing with
            {
                Snapshot = snapshot,
            },
            Append(Text(4, 1, "d"))
        );

        var state = folder.Look().State;

        state.Snapshot.ShouldBe(snapshot);
        state.Entries.ShouldBe([Text(3, 1, "c"), Text(4, 1, "d")]);
        state.CommitIndex.ShouldBe(new(2));
    }

    [Fact]
    public void Enqueue_SnapshotFromTheMasterBeyondTheLog_ReplacesItAll()
    {
        var snapshot = new Snapshot(new(100), new(7), [Text(40, 2, "kept")]);
        folder.Keep(
            Append(Text(1, 1, "a"), Text(2, 1, "b")),
            Append(Text(101, 7, "next")) with
            {
                TruncateFrom = new(101),
                Snapshot = snapshot,
            },
            Append(Text(102, 7, "after"))
        );

        var state = folder.Look().State;

        state.Snapshot.ShouldBe(snapshot);
        state.Entries.ShouldBe([Text(101, 7, "next"), Text(102, 7, "after")]);
    }

    [Fact]
    public void Enqueue_SnapshotOfAnotherHistory_DropsTheWholeLog()
    {
        var snapshot = new Snapshot(new(2), new(9), []);
        folder.Keep(
            Append(Text(1, 1, "a"), Text(2, 1, "b"), Text(3, 1, "c")),
            DiskWrite.Nothing with
            {
                Snapshot = snapshot,
            }
        );

        var state = folder.Look().State;

        state.Snapshot.ShouldBe(snapshot);
        state.Entries.ShouldBeEmpty();
    }

    [Fact]
    public void Enqueue_ManyWrites_ArePersistedInOrderAndFewerTimesThanTheyAre()
    {
        var opening = folder.Open();
        var told = new Told();
        const int writes = 500;
        for (var i = 1; i <= writes; i++)
        {
            opening.Ledger.Enqueue(new(i), Append(Text(i, 1, "entry"))).ShouldBeTrue();
        }

        opening.Ledger.Start(told.Signals);
        told.WaitForPersisted(writes);
        opening.Ledger.Dispose();

        told.Persisted.ShouldBe(told.Persisted.Order());
        told.Persisted.Count.ShouldBeLessThan(writes / 10);
        folder.Look().State.Entries.Count.ShouldBe(writes);
    }

    [Fact]
    public void Enqueue_QueueIsFull_IsRefused()
    {
        using var ledger = Ledger.Open(folder.Options with { QueuedMax = 10 }, WireCodec.Instance).Ledger;

        var taken = Enumerable.Range(1, 6).Select(i => ledger.Enqueue(new(i), Append(Text(i, 1, "x")))).ToArray();

        taken.ShouldBe([true, true, true, true, true, false]);
    }

    [Fact]
    public void Enqueue_OlderTicket_IsABug()
    {
        using var ledger = folder.Open().Ledger;
        ledger.Enqueue(new(5), State(1));

        Should.Throw<ArgumentException>(() => ledger.Enqueue(new(5), State(2)));
    }

    public static readonly TheoryData<string, DiskWrite> BrokenRules = new()
    {
        { "a gap in the log", Append(Text(3, 1, "c")) },
        { "a term that goes back", State(1) },
        { "a second vote in one term", State(2, new Voter(new NodeId(8), new DiskId(8))) },
        { "a forgotten vote", State(2) },
        {
            "another cluster",
            DiskWrite.Nothing with
            {
                HardState = new HardState(new ClusterId(0xC2), new Term(9), null),
            }
        },
        { "a snapshot that goes back", DiskWrite.Nothing with { Snapshot = new Snapshot(new(0), new(1), []) } },
    };

    [Theory]
    [MemberData(nameof(BrokenRules), DisableDiscoveryEnumeration = true)]
    public void Enqueue_WriteThatBreaksARule_FailsAndLeavesTheDiskAsItWas(string rule, DiskWrite write)
    {
        var vote = new Voter(new NodeId(1), new DiskId(1));
        folder.Keep(
            State(2, vote),
            Append(Text(1, 1, "a")),
            DiskWrite.Nothing with
            {
                Snapshot = new Snapshot(new(1), new(1), []),
            }
        );
        var before = folder.Look().State;
        var told = new Told();

        using (var ledger = folder.Open().Ledger)
        {
            ledger.Start(told.Signals);
            ledger.Enqueue(new(1), write);
            told.WaitForFailed();
            ledger.Enqueue(new(2), State(10)).ShouldBeFalse(rule);
        }

        told.Persisted.ShouldBeEmpty(rule);
        folder.Look().State.ShouldBe(before, rule);
    }

    [Fact]
    public void NextTag_SameBootThenAnother_CountsBoots()
    {
        Tag(new BootId(1)).ShouldBe(1);
        Tag(new BootId(1)).ShouldBe(1);
        Tag(new BootId(2)).ShouldBe(2);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 2)]
    [InlineData(998, 999)]
    [InlineData(999, 1)]
    public void TagAfter_EachBoot_StaysWithinThreeDigitsAndIsNeverZero(int tag, int next) =>
        Ledger.TagAfter(tag).ShouldBe(next);

    [Fact]
    public void Enqueue_CommittedEntriesAlone_AreShownWithoutAnotherWrite()
    {
        using var ledger = folder.Open().Ledger;
        var told = new Told();
        ledger.Start(told.Signals);
        var opened = Entry(1, 1, Opened(new NodeId(9), EventKind.Panic, 5));
        ledger.Enqueue(new(1), Append(opened));
        told.WaitForPersisted(1);

        // No other write comes, so nothing but the ledger's own patience (20 ms) shows it.
        ledger.Enqueue(Committed(opened));
        Until.True(() => ledger.Reader.Incidents(1, null).Count == 1, "the incident is shown");

        told.Persisted.ShouldBe([1L]);
    }

    [Fact]
    public void Open_EntriesWereShown_CommitIndexIsTheLastShown()
    {
        using (var ledger = folder.Open().Ledger)
        {
            var told = new Told();
            ledger.Start(told.Signals);
            ledger.Enqueue(new(1), Append(Text(1, 1, "a"), Text(2, 1, "b"), Text(3, 1, "c")));
            ledger.Enqueue(Committed(Text(1, 1, "a"), Text(2, 1, "b")));
            told.WaitForPersisted(1);
        }

        folder.Look().State.CommitIndex.ShouldBe(new(2));
    }

    [Fact]
    public void Enqueue_PastTheCheckpoint_KeepsTheWriteAheadLogShort()
    {
        using var ledger = Ledger.Open(folder.Options with { CheckpointPages = 20 }, WireCodec.Instance).Ledger;
        var told = new Told();
        ledger.Start(told.Signals);
        for (var i = 1; i <= 200; i++)
        {
            ledger.Enqueue(new(i), Append(Bulk(i, 1, "bulk", 2000)));
            told.WaitForPersisted(i);
        }

        // 200 writes of several pages would be some 5 MB.
        new FileInfo(folder.Database + "-wal").Length.ShouldBeLessThan(400_000);
    }

    public void Dispose() => folder.Dispose();

    private int Tag(BootId boot)
    {
        using var ledger = folder.Open().Ledger;
        return ledger.NextTag(boot);
    }

    private void Change(string sql)
    {
        using var connection = SqliteConnection.Open(folder.Database, create: false, TimeSpan.Zero);
        connection.Execute(sql);
    }
}
