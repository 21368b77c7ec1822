using ClusterRas.Protocol;
using Google.Protobuf;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport.Tests;

public sealed class EntryCodecTests
{
    [Fact]
    public void Payload_EncodedAndDecoded_IsTheSame()
    {
        foreach (var payload in Samples.Payloads)
        {
            var bytes = EntryCodec.EncodePayload(payload);

            EntryCodec.TryDecodePayload(bytes, out var back, out var reason).ShouldBeTrue(reason);
            back.ShouldBe(payload);
            EntryCodec.EncodePayload(back).ShouldBe(bytes);
        }
    }

    [Fact]
    public void Payload_OfALaterVersion_IsKeptAsItsBytes()
    {
        // Field 1000 holding two bytes, then field 1001 holding the number 1.
        byte[] bytes = [0xc2, 0x3e, 0x02, 0x07, 0x08, 0xc8, 0x3e, 0x01];

        EntryCodec.TryDecodePayload(bytes, out var payload, out var reason).ShouldBeTrue(reason);

        payload.ShouldBe(new EntryPayload.Unknown(EquatableArray.Create<byte>(bytes)));
        EntryCodec.EncodePayload(payload).ShouldBe(bytes);
    }

    [Fact]
    public void Payload_OfAKnownTypeWithMoreInIt_IsRefused()
    {
        var wire = new V1.EntryPayload
        {
            FellSilent = new V1.FellSilent { Incident = 3, Life = new V1.Life() },
        };
        byte[] bytes = [.. wire.ToByteArray(), 0xc8, 0x3e, 0x01];

        EntryCodec.TryDecodePayload(bytes, out _, out var reason).ShouldBeFalse();

        reason.ShouldBe("FellSilent is not written as it is here");
    }

    [Fact]
    public void Payload_Empty_IsRefused()
    {
        EntryCodec.TryDecodePayload([], out _, out var reason).ShouldBeFalse();

        reason.ShouldBe("payload is empty");
    }

    [Fact]
    public void Detail_ThatIsNotWrittenAsHere_IsKeptAsItsBytes()
    {
        // A link change with a field that this version does not know.
        EventDetail detail = new EventDetail.Unknown([0x1a, 0x04, 0x08, 0x01, 0x78, 0x01]);
        var payload = new EntryPayload.Reported(Samples.Incident, Samples.SaidWords with { Detail = detail }, 0, null);

        EntryCodec
            .TryDecodePayload(EntryCodec.EncodePayload(payload), out var back, out var reason)
            .ShouldBeTrue(reason);

        back.ShouldBe(payload);
    }

    [Fact]
    public void Detail_TooLong_IsRefused()
    {
        EventDetail detail = new EventDetail.Unknown(EquatableArray.Create<byte>(new byte[8193]));
        var payload = new EntryPayload.Reported(Samples.Incident, Samples.SaidWords with { Detail = detail }, 0, null);

        EntryCodec.TryDecodePayload(EntryCodec.EncodePayload(payload), out _, out var reason).ShouldBeFalse();

        reason.ShouldBe("8193 bytes of detail, more than 8192");
    }

    [Fact]
    public void Durations_OfAStrangeClock_AreSaidAsZero()
    {
        var payload = new EntryPayload.Reported(Samples.Incident, Samples.SaidWords, -5, -6);

        EntryCodec
            .TryDecodePayload(EntryCodec.EncodePayload(payload), out var back, out var reason)
            .ShouldBeTrue(reason);

        back.ShouldBe(payload with { AgeMs = 0, LeftMs = 0 });
    }

    [Fact]
    public void Entry_EncodedAndDecoded_IsTheSame()
    {
        foreach (var entry in Samples.Entries)
        {
            EntryCodec.TryDecode(EntryCodec.Encode(entry), out var back, out var reason).ShouldBeTrue(reason);
            back.ShouldBe(entry);
        }
    }

    [Fact]
    public void Entry_WithoutIndex_IsRefused()
    {
        var bytes = EntryCodec.Encode(new Entry(default, new Term(1), new EntryPayload.NoOp()));

        EntryCodec.TryDecode(bytes, out _, out var reason).ShouldBeFalse();

        reason.ShouldBe("entry has no index");
    }

    [Fact]
    public void Snapshot_EncodedAndDecoded_IsTheSame()
    {
        var snapshot = new Snapshot(new LogIndex(90), new Term(4), Samples.Entries);

        SnapshotCodec.TryDecode(SnapshotCodec.Encode(snapshot), out var back, out var reason).ShouldBeTrue(reason);

        back.ShouldBe(snapshot);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void HardState_EncodedAndDecoded_IsTheSame(bool voted)
    {
        var state = new HardState(
            Samples.Cluster,
            new Term(12),
            voted ? new Voter(new Fabric.NodeId(0), Samples.Disk) : null
        )
        {
            RetiredBy = voted ? 0 : 2,
        };

        HardStateCodec.TryDecode(HardStateCodec.Encode(state), out var back, out var reason).ShouldBeTrue(reason);

        back.ShouldBe(state);
    }

    [Fact]
    public void HardState_OfAFreshDisk_IsNoBytes()
    {
        HardStateCodec.Encode(StoredState.Empty(Samples.Disk).HardState).ShouldBeEmpty();

        HardStateCodec.TryDecode([], out var back, out var reason).ShouldBeTrue(reason);
        back.ShouldBe(new HardState(default, default, null));
    }

    [Fact]
    public void StoredReport_EncodedAndDecoded_KeepsItsClock()
    {
        StoredReport[] all =
        [
            new(Samples.Report, new DeviceRef(0, 3)),
            new(Samples.ReportWithoutWindow, null),
            new(Samples.Report with { RaisedAt = new Instant(-1), WindowEnds = Instant.Never }, null),
        ];
        foreach (var stored in all)
        {
            StoredReportCodec
                .TryDecode(StoredReportCodec.Encode(stored), out var back, out var reason)
                .ShouldBeTrue(reason);
            back.ShouldBe(stored);
        }
    }
}
