using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport.Tests;

/// <summary>What two versions of this program say to each other. If one of these changes, so does the wire.</summary>
public sealed class GoldenBytesTests
{
    private static readonly Instant Now = new(10_000_000_000);
    private static readonly BootId Boot = new(new UInt128(0x0102030405060708, 0x090a0b0c0d0e0f10));
    private static readonly DiskId Disk = new(new UInt128(1, 2));

    // Ends each frame: 10,000,000 us.
    private const string SentAt = "7880ade204";

    [Fact]
    public void LinkAck_Always_IsTheseBytes() =>
        Hex(new Frame(300, 7, 5, new Message.LinkAck()))
            .ShouldBe("08ac02" + "1007" + "190500000000000000" + "3a00" + SentAt);

    [Fact]
    public void Heartbeat_OfNodeZero_IsTheseBytes() =>
        Hex(
                new Frame(
                    0,
                    0,
                    0,
                    new Message.Heartbeat(
                        new Life(Boot, 17),
                        [
                            new Heard(new NodeId(0), new Die(1), 300, false),
                            new Heard(new NodeId(2), new Die(0), -1, true),
                        ]
                    )
                )
            )
            .ShouldBe(
                // heartbeat, 29 bytes
                "221d"
                    // life: boot, tag 17
                    + "0a14"
                    + "090807060504030201"
                    + "11100f0e0d0c0b0a09"
                    + "1811"
                    // two places of two numbers
                    + "2a05"
                    // node 0, die 1, 300 ms
                    + "02"
                    + "ad02"
                    // node 2, die 0, refused, never
                    + "09"
                    + "00"
                    + SentAt
            );

    [Fact]
    public void Beat_WithoutEntries_IsTheseBytes() =>
        Hex(
                new Frame(
                    0,
                    0,
                    0,
                    new Message.AppendEntries(new Term(6), Disk, new LogIndex(20), new Term(5), new LogIndex(19), 8, [])
                )
            )
            .ShouldBe(
                "2a1c"
                    + "0806"
                    + "110100000000000000"
                    + "190200000000000000"
                    + "2014"
                    + "2805"
                    + "3013"
                    + "3808"
                    + SentAt
            );

    [Fact]
    public void Report_OfADeviceRecord_IsTheseBytes()
    {
        var words = new Words(
            ReportId.ForDevice(new NodeId(3), Boot, EventKind.Panic, 19, 9_000_000_000),
            new Eid(1, 2),
            null,
            null,
            default,
            17,
            Waiter.StockRemote,
            35_017,
            new EventDetail.Text("a")
        );
        var report = new Report(words, new Instant(9_999_000_000), new Instant(10_001_000_000));

        Hex(new Frame(1, 0, 0, new Message.Reporting(report)))
            .ShouldBe(
                "0801"
                    + "4255"
                    + "0a53"
                    // words
                    + "0a4b"
                    // id: witness, boot, device, panic, msgid, start
                    + "0a2a"
                    + "0803"
                    + "110807060504030201"
                    + "19100f0e0d0c0b0a09"
                    + "2001"
                    + "2804"
                    + "311300000000000000"
                    + "39001a711802000000"
                    // eid
                    + "110100000000000000"
                    + "190200000000000000"
                    // tag, waiter, window, detail
                    + "4011"
                    + "4802"
                    + "50c99102"
                    + "5a03"
                    + "220161"
                    // 1 ms old, 1 ms left
                    + "10e807"
                    + "18e807"
                    + SentAt
            );
    }

    [Fact]
    public void Payload_Opened_IsTheseBytes() =>
        Hex(
                new EntryPayload.Opened(
                    new NodeId(7),
                    new Life(Boot, 17),
                    0,
                    EventKind.Silent,
                    null,
                    5,
                    null,
                    [new HandlerDeclaration("h", [EventKind.Panic], TimeSpan.FromSeconds(2), true, false, false)]
                )
            )
            .ShouldBe(
                "2229"
                    // victim, life
                    + "0807"
                    + "1214"
                    + "090807060504030201"
                    + "11100f0e0d0c0b0a09"
                    + "1811"
                    // silent, 5 ms
                    + "2001"
                    + "3005"
                    // handler: name, kinds, 2,000 ms, required
                    + "420b"
                    + "0a0168"
                    + "120104"
                    + "18d00f"
                    + "2001"
            );

    [Fact]
    public void Payload_NoOp_IsTheseBytes() => Hex(new EntryPayload.NoOp()).ShouldBe("0a00");

    [Fact]
    public void Payload_GroupChanged_IsTheseBytes() =>
        Hex(
                new EntryPayload.GroupChanged(
                    [new Voter(new NodeId(0), Disk)],
                    new Voter(new NodeId(4), Disk),
                    GroupCause.Died,
                    new IncidentId(new LogIndex(9))
                )
            )
            .ShouldBe(
                "6230"
                    // the seats: node 0 is written
                    + "0a14"
                    + "0800"
                    + "110100000000000000"
                    + "190200000000000000"
                    // who went
                    + "1214"
                    + "0804"
                    + "110100000000000000"
                    + "190200000000000000"
                    // died, incident 9
                    + "1802"
                    + "2009"
            );

    [Fact]
    public void Payload_DiskLost_IsTheseBytes() =>
        Hex(new EntryPayload.DiskLost(new NodeId(0), Disk, new DiskId(new UInt128(3, 4))))
            .ShouldBe(
                "6a26"
                    + "0800"
                    + "110100000000000000"
                    + "190200000000000000"
                    + "210300000000000000"
                    + "290400000000000000"
            );

    [Fact]
    public void Payload_StopPlanned_IsTheseBytes() =>
        Hex(new EntryPayload.StopPlanned(new NodeId(0), new Life(Boot, 17), true, new Warrant("a", "b", 300)))
            .ShouldBe(
                "7225"
                    + "0800"
                    + "1214"
                    + "090807060504030201"
                    + "11100f0e0d0c0b0a09"
                    + "1811"
                    + "1801"
                    + "2209"
                    + "0a0161"
                    + "120162"
                    + "18ac02"
            );

    [Fact]
    public void Payload_Notified_IsTheseBytes() =>
        Hex(
                new EntryPayload.Notified(
                    new IncidentId(new LogIndex(300)),
                    "p",
                    NoticeMoment.Closed,
                    NoticeStage.Failed,
                    2,
                    new NodeId(0),
                    7,
                    "no"
                )
            )
            .ShouldBe(
                "9a011b" + "08ac02" + "120170" + "1802" + "2003" + "2802" + "3000" + "390700000000000000" + "42026e6f"
            );

    [Fact]
    public void Payload_ChannelDeclared_IsTheseBytes() =>
        Hex(new EntryPayload.ChannelDeclared("p")).ShouldBe("a20103" + "0a0170");

    [Fact]
    public void Payload_MutedAndUnmuted_AreTheseBytes()
    {
        var warrant = new Warrant("a", "b", 300);
        Hex(new EntryPayload.Muted(new NodeId(0), [EventKind.Silent], 300, true, warrant))
            .ShouldBe("aa0115" + "0800" + "120101" + "18ac02" + "2001" + "2a09" + "0a0161" + "120162" + "18ac02");
        Hex(new EntryPayload.Unmuted(new LogIndex(300), warrant))
            .ShouldBe("b2010e" + "08ac02" + "1209" + "0a0161" + "120162" + "18ac02");
    }

    [Fact]
    public void Payload_HandoverAsked_IsTheseBytes() =>
        Hex(new EntryPayload.HandoverAsked(new NodeId(0), new Warrant("a", "b", 300)))
            .ShouldBe("7a0d" + "0800" + "1209" + "0a0161" + "120162" + "18ac02");

    [Fact]
    public void Payload_Recovered_IsTheseBytes() =>
        Hex(
                new EntryPayload.Recovered(
                    1,
                    new Term(5),
                    new Voter(new NodeId(0), Disk),
                    [new Voter(new NodeId(4), Disk)],
                    new Warrant("a", "b", 300)
                )
            )
            .ShouldBe(
                "82013b"
                    // the first one, on term 5
                    + "0801"
                    + "1005"
                    // who goes on: node 0 is written
                    + "1a14"
                    + "0800"
                    + "110100000000000000"
                    + "190200000000000000"
                    // whose disk is lost
                    + "2214"
                    + "0804"
                    + "110100000000000000"
                    + "190200000000000000"
                    + "2a09"
                    + "0a0161"
                    + "120162"
                    + "18ac02"
            );

    [Fact]
    public void Payload_MapChanged_IsTheseBytes() =>
        Hex(
                new EntryPayload.MapChanged(
                    1,
                    [new string('a', 64)],
                    "x",
                    [new FormerNode(new NodeId(0), "n9")],
                    new Warrant("a", "b", 300)
                )
            )
            .ShouldBe(
                "8a015a"
                    // the first that was applied
                    + "0801"
                    // after this one
                    + "1240"
                    + string.Concat(Enumerable.Repeat("61", 64))
                    // the map
                    + "1a0178"
                    // who is in it no more
                    + "22060800"
                    + "12026e39"
                    + "2a09"
                    + "0a0161"
                    + "120162"
                    + "18ac02"
            );

    [Fact]
    public void Payload_SilenceSeen_IsTheseBytes() =>
        Hex(
                new EntryPayload.SilenceSeen(
                    new IncidentId(new LogIndex(9)),
                    [new NodeId(0), new NodeId(3)],
                    [
                        new LastSight(new NodeId(0), new Die(1), 1060, false),
                        new LastSight(new NodeId(2), new Die(0), null, true),
                    ]
                )
            )
            .ShouldBe(
                "920115"
                    + "0809"
                    // through nodes 0 and 3
                    + "12020003"
                    // node 0 is written, die 1, 1,060 ms
                    + "1a07"
                    + "0800"
                    + "1001"
                    + "18a408"
                    // node 2, never, refused
                    + "1a04"
                    + "0802"
                    + "2001"
            );

    [Fact]
    public void LifeProbe_AndItsReply_AreTheseBytes()
    {
        Hex(new Frame(0, 0, 0, new Message.LifeProbe(7))).ShouldBe(SentAt + "f20109" + "090700000000000000");
        Hex(new Frame(0, 0, 0, new Message.LifeReply(7, new Life(Boot, 17))))
            .ShouldBe(
                SentAt + "fa011f" + "090700000000000000" + "1214" + "090807060504030201" + "11100f0e0d0c0b0a09" + "1811"
            );
    }

    [Fact]
    public void Frame_OfARecoveredCluster_EndsWithItsLineage() =>
        Hex(new Frame(0, 0, 0, new Message.LinkAck()) { Lineage = new Lineage(3) })
            .ShouldBe("3a00" + "710300000000000000" + SentAt);

    private static string Hex(Frame frame) => Convert.ToHexStringLower(FrameCodec.Encode(frame, Now));

    private static string Hex(EntryPayload payload) => Convert.ToHexStringLower(EntryCodec.EncodePayload(payload));
}
