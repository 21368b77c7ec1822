using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Tests;

/// <summary>At least one of everything that can be said, with few fields left at their defaults.</summary>
internal static class Samples
{
    public static readonly Instant Now = new(5_000_000_000_000);

    public static readonly Life Life = new(new BootId(new UInt128(0x1111_2222_3333_4444, 0x5555_6666_7777_8888)), 17);
    public static readonly DiskId Disk = new(new UInt128(0xd15c_0000_0000_0001, 0xd15c_0000_0000_0002));
    public static readonly ClusterId Cluster = new(new UInt128(0xc105_0000_0000_0001, 0xc105_0000_0000_0002));
    public static readonly IncidentId Incident = new(new LogIndex(4711));

    public static readonly ReportId DeviceId = ReportId.ForDevice(
        new NodeId(0),
        Life.Boot,
        EventKind.Panic,
        19,
        4_999_000_000_000
    );

    public static readonly ReportId SaidId = ReportId.ForNonce(
        new NodeId(31),
        Life.Boot,
        ReportDoor.Drill,
        EventKind.KernelReboot,
        new UInt128(ulong.MaxValue, ulong.MaxValue - 1)
    );

    public static readonly EventDetail[] Details =
    [
        new EventDetail.OutOfMemory([0, 1, 7], true, 3000, -2),
        new EventDetail.OutOfMemory([], false, 0, 0),
        new EventDetail.MemoryFault(0xffff_8000_1234_5000, 3, true, -1),
        new EventDetail.LinkChange(5, new Cna(0x123456), true),
        new EventDetail.Text("Größe 💥"),
        new EventDetail.Text(""),
        new EventDetail.Unknown([0xa2, 0x06, 0x03, 1, 2, 3]),
        new EventDetail.Unknown([]),
    ];

    public static readonly Words DeviceWords = new(
        DeviceId,
        new Eid(0xfd00_0000_0000_0000, 0x0000_0000_0000_0107),
        new Cna(0),
        null,
        default,
        17,
        Waiter.StockRemote,
        35_017,
        null
    );

    public static readonly Words SaidWords = new(
        SaidId,
        null,
        null,
        new NodeId(0),
        Life.Boot,
        0,
        Waiter.Nobody,
        null,
        new EventDetail.Text("by hand")
    );

    public static readonly HandlerDeclaration Handler = new(
        "fence-it",
        [EventKind.Silent, EventKind.Panic],
        TimeSpan.FromMilliseconds(2500),
        true,
        true,
        true
    );

    public static readonly HandlerResult Result = new("fence-it", HandlerOutcome.TimedOut, ulong.MaxValue, "too slow");

    public static readonly Report Report = new(
        DeviceWords,
        Now - TimeSpan.FromMilliseconds(1234),
        Now + TimeSpan.FromMilliseconds(33_783)
    );

    public static readonly Report ReportWithoutWindow = new(SaidWords, Now, null);

    public static readonly EntryPayload[] Payloads =
    [
        new EntryPayload.NoOp(),
        new EntryPayload.Founded(Cluster, [new Voter(new NodeId(0), Disk), new Voter(new NodeId(4), Disk)]),
        new EntryPayload.Joined(new NodeId(3), Life, Disk),
        new EntryPayload.Opened(
            new NodeId(7),
            Life,
            2,
            EventKind.Panic,
            DeviceWords,
            12,
            34_000,
            [Handler, Handler with { Name = "x", Kinds = [], Required = false }]
        ),
        new EntryPayload.Opened(new NodeId(0), default, 0, EventKind.Silent, null, 0, null, []),
        .. Details.Select(detail => new EntryPayload.Reported(
            Incident,
            SaidWords with
            {
                Detail = detail,
            },
            long.MaxValue >> 24,
            0
        )),
        new EntryPayload.Answered(Incident, Verdict.Handled, 9, [Result]),
        new EntryPayload.Released(Incident, SaidId, Verdict.Failed, ReleaseOutcome.Late, null),
        new EntryPayload.Released(Incident, DeviceId, Verdict.Recorded, ReleaseOutcome.Acked, 0),
        new EntryPayload.FellSilent(Incident, Life),
        new EntryPayload.SilenceSeen(
            Incident,
            [new NodeId(0), new NodeId(31)],
            [
                new LastSight(new NodeId(0), new Die(0), 1060, false),
                new LastSight(new NodeId(0), new Die(1), 0, false),
                new LastSight(new NodeId(31), new Die(1), null, true),
            ]
        ),
        new EntryPayload.SilenceSeen(Incident, [], []),
        new EntryPayload.Closed(Incident, CloseReason.Operator, "anna"),
        new EntryPayload.HandlerDeclared(Handler),
        new EntryPayload.HandlerDropped("fence-it"),
        new EntryPayload.ChannelDeclared("pager"),
        new EntryPayload.Notified(Incident, "pager", NoticeMoment.Opened, NoticeStage.Started, 1, new NodeId(0), 0, ""),
        new EntryPayload.Notified(
            Incident,
            "pager",
            NoticeMoment.Closed,
            NoticeStage.Inhibited,
            0,
            new NodeId(31),
            ulong.MaxValue,
            "incident 7 of the same node"
        ),
        new EntryPayload.Muted(null, [], 1_700_000_000_123, false, new Warrant("", "", 0)),
        new EntryPayload.Muted(
            new NodeId(0),
            [EventKind.Silent, EventKind.LinkChange],
            1,
            true,
            new Warrant("anna", "new memory", 1)
        ),
        new EntryPayload.Unmuted(new LogIndex(300), new Warrant("anna", "", 1)),
        new EntryPayload.GroupChanged(
            [new Voter(new NodeId(0), Disk)],
            new Voter(new NodeId(4), Disk),
            GroupCause.Died,
            Incident
        ),
        new EntryPayload.GroupChanged(
            [new Voter(new NodeId(0), Disk), new Voter(new NodeId(3), Disk)],
            new Voter(new NodeId(3), Disk),
            GroupCause.Seated,
            null
        ),
        new EntryPayload.DiskLost(new NodeId(0), Disk, default),
        new EntryPayload.StopPlanned(new NodeId(0), Life, true, new Warrant("", "", 0)),
        new EntryPayload.StopPlanned(new NodeId(5), Life, false, new Warrant("anna", "new memory", 1)),
        new EntryPayload.HandoverAsked(new NodeId(0), new Warrant("anna", "new memory", 1_700_000_000_123)),
        new EntryPayload.HandoverAsked(null, new Warrant("", "", 0)),
        new EntryPayload.Recovered(
            2,
            new Term(5),
            new Voter(new NodeId(0), Disk),
            [new Voter(new NodeId(3), Disk), new Voter(new NodeId(4), Disk)],
            new Warrant("anna", "the rack burned", 1_700_000_000_123)
        ),
        new EntryPayload.Recovered(1, default, new Voter(new NodeId(3), Disk), [], new Warrant("", "", 0)),
        new EntryPayload.MapChanged(
            2,
            [new string('a', 64), new string('0', 64)],
            "{\n  \"version\": 1 }\n",
            [new FormerNode(new NodeId(0), "n01"), new FormerNode(new NodeId(31), "n32")],
            new Warrant("anna", "rack r3", 1_700_000_000_123)
        ),
        new EntryPayload.MapChanged(0, [], "", [], new Warrant("", "", 0)),
        new EntryPayload.Unknown([0xfa, 0x3e, 0x02, 7, 8]),
    ];

    public static readonly EquatableArray<Entry> Entries = EquatableArray.Create<Entry>([
        .. Payloads.Select((payload, i) => new Entry(new LogIndex(i + 1), new Term(i / 3), payload)),
    ]);

    public static readonly HandlerCall Call = new(
        Incident,
        "fence-it",
        new NodeId(7),
        EventKind.Panic,
        DeviceWords,
        TimeSpan.FromMilliseconds(2500),
        new Term(6)
    );

    public static readonly Message[] Messages =
    [
        new Message.Hello(new NodeId(0), Life, Disk, Cluster, new string('a', 64), ulong.MaxValue, 5, true),
        new Message.Hello(new NodeId(9), default, default, default, new string('0', 64), 0, 0, false),
        new Message.Hello(new NodeId(3), Life, Disk, Cluster, new string('b', 64), 7, 8, false)
        {
            Recoveries =
            [
                new RecoveryMark(1, new Term(3), new LogIndex(20), new Voter(new NodeId(0), Disk), []),
                new RecoveryMark(
                    2,
                    new Term(9),
                    new LogIndex(31),
                    new Voter(new NodeId(3), Disk),
                    [new Voter(new NodeId(0), Disk), new Voter(new NodeId(1), Disk)]
                ),
            ],
        },
        new Message.Relayed(new NodeId(2), new NodeId(0), 7, 1, new Message.LinkAck())
        {
            Lineage = new Lineage(ulong.MaxValue),
        },
        new Message.Hello(new NodeId(4), Life, Disk, Cluster, new string('c', 64), 7, 8, false)
        {
            MapKin = [new string('b', 64), new string('d', 64)],
            Version = "0.2.0-rc.1",
        },
        new Message.Heartbeat(Life, [])
        {
            MapVersion = long.MaxValue,
            WallUnixMs = 253_402_300_799_999,
            TakesTurns = true,
        },
        new Message.Refused("another cluster"),
        new Message.Heartbeat(Life, []),
        new Message.Heartbeat(
            Life,
            [
                new Heard(new NodeId(0), new Die(0), -1, true),
                new Heard(new NodeId(1), new Die(1), 0, false),
                new Heard(new NodeId(2), new Die(0), int.MaxValue, false),
            ]
        ),
        new Message.LinkAck(),
        new Message.LifeProbe(ulong.MaxValue),
        new Message.LifeReply(7, Life),
        new Message.Relayed(new NodeId(0), new NodeId(15), 98, 1, new Message.LifeProbe(1)),
        new Message.Relayed(new NodeId(0), new NodeId(15), 99, 1, new Message.Reporting(Report)),
        new Message.Adopt(Entries[1]),
        new Message.Reporting(Report),
        new Message.Reporting(Report with { AgeIsAtLeast = true }),
        new Message.Reporting(ReportWithoutWindow),
        new Message.Answering(DeviceId, Incident, Verdict.Recorded, 3, new Term(6), Now),
        new Message.Answering(SaidId, null, Verdict.UnknownVictim, 0, default, Now),
        new Message.Releasing(Incident, DeviceId, Verdict.Handled, ReleaseOutcome.Acked, 33_000),
        new Message.Releasing(Incident, SaidId, Verdict.Closed, ReleaseOutcome.NobodyWaits, null),
        new Message.Presence(Life, Disk, 77, ["a", "b-2"]),
        .. Payloads.Select(payload => new Message.Asking(77, payload)),
        new Message.Granting(77, "no such incident"),
        new Message.HandlerStart(Call, 77, Now),
        new Message.HandlerStart(Call with { Kind = EventKind.Silent, Words = null }, 77, Now),
        new Message.HandlerAnswer(Incident, Result),
        new Message.PreVote(new Term(7), Disk, new LogIndex(20), new Term(6), Report),
        new Message.PreVote(new Term(7), Disk, default, default, null),
        new Message.PreVoteReply(new Term(7), Disk, true),
        new Message.RequestVote(new Term(8), Disk, new LogIndex(20), new Term(6), ReportWithoutWindow, true),
        new Message.RequestVote(new Term(8), Disk, new LogIndex(20), new Term(6), null, false),
        new Message.RequestVoteReply(new Term(8), Disk, true),
        new Message.AppendEntries(new Term(9), Disk, default, default, new LogIndex(3), ulong.MaxValue, Entries),
        new Message.AppendEntries(new Term(9), Disk, new LogIndex(20), new Term(9), new LogIndex(20), 7, []),
        new Message.AppendEntries(new Term(9), Disk, new LogIndex(20), new Term(9), new LogIndex(20), 8, [])
        {
            Held = TimeSpan.FromMilliseconds(1_234),
        },
        new Message.AppendEntriesReply(new Term(9), Disk, true, new LogIndex(long.MaxValue), 7),
        new Message.InstallSnapshot(new Term(9), Disk, new Snapshot(new LogIndex(50), new Term(9), Entries), 8),
        new Message.TimeoutNow(new Term(long.MaxValue)),
    ];

    /// <summary>A frame around each message; header fields at and between their ends.</summary>
    public static IEnumerable<Frame> Frames =>
        Messages.Select(
            (message, i) =>
                new Frame((ulong)i, ulong.MaxValue - (ulong)i, 0xffff_ffff_0000_0000, message)
                {
                    Lineage = new Lineage((ulong)i % 3),
                }
        );
}
