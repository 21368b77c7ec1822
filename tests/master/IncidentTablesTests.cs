using System.Diagnostics;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using static ClusterRas.Master.Tests.Samples;

namespace ClusterRas.Master.Tests;

/// <summary>What operators see of committed entries.</summary>
public sealed class IncidentTablesTests : IDisposable
{
    private static readonly IncidentId First = new(new(1));

    private readonly TestFolder folder = new();
    private readonly Told told = new();
    private Ledger ledger;
    private long ticket;

    public IncidentTablesTests()
    {
        ledger = folder.Open().Ledger;
        ledger.Start(told.Signals);
    }

    [Fact]
    public void Incident_FromOpenedToClosed_ShowsEachStep()
    {
        var second = Words(new NodeId(5), EventKind.Panic, 77);
        Commit(
            new EntryPayload.Opened(
                new NodeId(9),
                new Life(Boot, 17),
                1,
                EventKind.KernelReboot,
                Words(new NodeId(3), EventKind.KernelReboot, 5),
                12,
                35_005,
                [new HandlerDeclaration("fence", [EventKind.Panic], TimeSpan.FromSeconds(5), true, false, false)]
            ),
            new EntryPayload.Reported(First, second, 20, 34_000),
            new EntryPayload.FellSilent(First, new Life(Boot, 17)),
            new EntryPayload.Answered(
                First,
                Verdict.Failed,
                ulong.MaxValue,
                [new HandlerResult("fence", HandlerOutcome.TimedOut, 3, "no answer")]
            ),
            new EntryPayload.Released(First, second.Id, Verdict.Failed, ReleaseOutcome.Acked, 31_000),
            new EntryPayload.Closed(First, CloseReason.Rebooted, "")
        );

        var file = ledger.Reader.Find(First).ShouldNotBeNull();

        file.Incident.ShouldBe(
            new IncidentRow(
                First,
                new NodeId(9),
                new Life(Boot, 17),
                1,
                EventKind.Panic,
                EventKind.KernelReboot,
                false,
                Verdict.Failed,
                ulong.MaxValue,
                34_000,
                2,
                new LogIndex(3),
                false,
                new LogIndex(6),
                "Rebooted",
                "",
                file.Incident.WrittenUtc
            )
        );
        file.Reports.ShouldBe([
            new ReportRow(new(1), ReportId.ForDevice(new(3), Boot, EventKind.KernelReboot, 5, 7), 12, 35_005, ""),
            new ReportRow(new(2), second.Id, 20, 34_000, ""),
        ]);
        var answer = file.Answers.ShouldHaveSingleItem();
        answer.Verdict.ShouldBe(Verdict.Failed);
        answer.Results.ShouldBe([new HandlerResult("fence", HandlerOutcome.TimedOut, 3, "no answer")]);
        file.Releases.ShouldBe([new ReleaseRow(new(5), second.Id, Verdict.Failed, ReleaseOutcome.Acked, 31_000)]);
    }

    [Fact]
    public void Incident_VictimJoinsWithANewLife_IsClosedAsRebooted()
    {
        var next = new Life(new BootId(88), 18);
        Commit(
            Opened(new NodeId(9), EventKind.Panic, 1),
            new EntryPayload.Joined(new NodeId(8), next, new DiskId(8)),
            new EntryPayload.Joined(new NodeId(9), next, new DiskId(9))
        );

        var incident = ledger.Reader.Incidents(10, null).ShouldHaveSingleItem();

        incident.IsOpen.ShouldBeFalse();
        incident.CloseReason.ShouldBe("Rebooted");
        incident.ClosedAt.ShouldBe(new LogIndex(3));
    }

    [Fact]
    public void Incident_NobodyDecidesAnythingAboutIt_IsClosedAtOnce()
    {
        Commit(Opened(new NodeId(9), EventKind.MemoryFault, 1));

        ledger.Reader.Incidents(10, null).ShouldHaveSingleItem().CloseReason.ShouldBe("Noted");
    }

    [Fact]
    public void Incident_WordAfterItsEnd_IsStoredAndChangesNoOutcome()
    {
        Commit(
            Opened(new NodeId(9), EventKind.KernelReboot, 1),
            new EntryPayload.Closed(First, CloseReason.Operator, "ann"),
            new EntryPayload.Reported(First, Words(new NodeId(4), EventKind.Panic, 2), 10, 5)
        );

        var file = ledger.Reader.Find(First).ShouldNotBeNull();

        file.Incident.Kind.ShouldBe(EventKind.KernelReboot);
        file.Incident.LeftMs.ShouldBe(35_005);
        file.Incident.ClosedBy.ShouldBe("ann");
        file.Reports.Count.ShouldBe(2);
    }

    [Fact]
    public void Incident_WithMoreThan64Words_StoresThoseAndCountsAll()
    {
        var words = Enumerable
            .Range(2, 99)
            .Select(number => new EntryPayload.Reported(
                First,
                Words(new NodeId(4), EventKind.Panic, (ulong)number),
                1,
                null
            ));
        Commit([Opened(new NodeId(9), EventKind.Panic, 1), .. words]);

        var file = ledger.Reader.Find(First).ShouldNotBeNull();

        file.Reports.Count.ShouldBe(64);
        file.Incident.Reports.ShouldBe(100);
    }

    [Fact]
    public void Incident_Drill_IsAlwaysCalledOne()
    {
        var words = Words(new NodeId(3), EventKind.Panic, 1, ReportDoor.Drill);
        Commit(Opened(new NodeId(9), EventKind.Panic, 1) with { Words = words });

        ledger.Reader.Find(First).ShouldNotBeNull().Incident.IsDrill.ShouldBeTrue();
    }

    [Fact]
    public void Entries_CommittedTwice_CountOnce()
    {
        var entries = new[]
        {
            Entry(1, 1, Opened(new NodeId(9), EventKind.Panic, 1)),
            Entry(2, 1, new EntryPayload.Reported(First, Words(new NodeId(4), EventKind.Panic, 2), 1, null)),
        };
        ledger.Enqueue(Committed(entries));
        ledger.Enqueue(Committed(entries));
        Settle();

        ledger.Reader.Find(First).ShouldNotBeNull().Incident.Reports.ShouldBe(2);
    }

    [Fact]
    public void Incidents_MoreThanAreKept_ForgetsTheOldestClosedOnes()
    {
        ledger.Dispose();
        ledger = Ledger.Open(folder.Options with { IncidentsMax = 3 }, WireCodec.Instance).Ledger;
        ledger.Start(told.Signals);
        Commit(
            Opened(new NodeId(1), EventKind.Panic, 1),
            Opened(new NodeId(2), EventKind.Panic, 2),
            new EntryPayload.Closed(new(new(2)), CloseReason.Rebooted, ""),
            Opened(new NodeId(3), EventKind.Panic, 3),
            Opened(new NodeId(4), EventKind.Panic, 4)
        );

        ledger.Reader.Incidents(10, null).Select(row => row.Victim.Value).ShouldBe([4, 3, 1]);
        ledger.Reader.Incidents(1, new(new(4))).Select(row => row.Victim.Value).ShouldBe([1]);
        ledger.Reader.Find(new(new(2))).ShouldBeNull();
    }

    [Fact]
    public void Snapshot_AfterBeingAway_EndsWhatItNoLongerTellsAbout()
    {
        var gone = new HandlerDeclaration("gone", [EventKind.Panic], TimeSpan.FromSeconds(1), false, false, false);
        Commit(
            Opened(new NodeId(1), EventKind.Panic, 1),
            Opened(new NodeId(2), EventKind.Panic, 2),
            new EntryPayload.HandlerDeclared(gone)
        );

        var snapshot = new Snapshot(
            new(90),
            new(4),
            [
                Entry(2, 1, Opened(new NodeId(2), EventKind.Panic, 2)),
                Entry(50, 3, new EntryPayload.HandlerDeclared(gone with { Name = "new" })),
                Entry(60, 3, new EntryPayload.FellSilent(new(new(2)), new Life(Boot, 17))),
                Entry(70, 3, Opened(new NodeId(7), EventKind.Silent, 2)),
            ]
        );
        ledger.Enqueue(new Effect.Restored(snapshot));
        ledger.Enqueue(Committed(Entry(91, 4, new EntryPayload.Closed(new(new(70)), CloseReason.HeardAgain, ""))));
        Settle();

        var rows = ledger.Reader.Incidents(10, null);
        rows.Select(row => (row.Victim.Value, row.IsOpen, row.CloseReason))
            .ShouldBe([(7, false, "HeardAgain"), (2, true, ""), (1, false, "WhileAway")]);
        rows[1].FellSilentAt.ShouldBe(new LogIndex(60));
        Shell("SELECT name FROM handlers").ShouldBe("new");
    }

    [Fact]
    public void Open_StoppedBetweenASnapshotAndItsShowing_ShowsIt()
    {
        var snapshot = new Snapshot(new(9), new(2), [Entry(5, 1, Opened(new NodeId(2), EventKind.Panic, 2))]);
        ledger.Enqueue(new(++ticket), DiskWrite.Nothing with { Snapshot = snapshot });
        told.WaitForPersisted(ticket);
        ledger.Dispose();

        ledger = folder.Open().Ledger;

        ledger.Reader.Incidents(10, null).ShouldHaveSingleItem().Victim.ShouldBe(new NodeId(2));
    }

    [Fact]
    public void Tables_InTheSqliteShell_ReadAsWords()
    {
        Commit(Opened(new NodeId(9), EventKind.Panic, 5), new EntryPayload.Closed(First, CloseReason.Rebooted, ""));

        Shell("SELECT victim, kind, state, verdict, close_reason FROM incidents")
            .ShouldBe("9|Panic|closed|Recorded|Rebooted");
        Shell("SELECT witness, door, kind, victim_eid FROM reports")
            .ShouldBe("3|Device|Panic|fd00:0000:0000:0000:0000:0000:0000:0001");
    }

    public void Dispose()
    {
        ledger.Dispose();
        folder.Dispose();
    }

    private void Commit(params IReadOnlyList<EntryPayload> payloads)
    {
        ledger.Enqueue(Committed([.. payloads.Select((payload, place) => Entry(place + 1, 1, payload))]));
        Settle();
    }

    /// <summary>All that was enqueued before is in the tables.</summary>
    private void Settle()
    {
        ledger.Enqueue(new(++ticket), State(1)).ShouldBeTrue();
        told.WaitForPersisted(ticket);
    }

    private string Shell(string sql)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/sqlite3"), "no sqlite3 shell on this machine");
        using var shell = Process.Start(
            new ProcessStartInfo("sqlite3", ["-readonly", folder.Database, sql]) { RedirectStandardOutput = true }
        )!;
        var text = shell.StandardOutput.ReadToEnd().Trim();
        shell.WaitForExit();
        return text;
    }
}
