using ClusterRas.Protocol;
using Google.Protobuf;
using V1 = ClusterRas.Wire.V1;

namespace ClusterRas.Transport.Tests;

public sealed class RefusalTests
{
    private static readonly Instant Now = Samples.Now;

    [Fact]
    public void Frame_OfNoBytes_IsRefused() =>
        Refusal(_ => { }, new V1.Frame()).ShouldBe("says nothing that is known here");

    [Fact]
    public void Frame_OfAnUnknownMessage_IsRefused()
    {
        // Field 1000, a message of no bytes.
        FrameCodec.TryDecode([0xc2, 0x3e, 0x00], Now, out _, out var reason).ShouldBeFalse();

        reason.ShouldBe("says nothing that is known here");
    }

    [Fact]
    public void Frame_OfAnUnknownMessage_WithANumber_IsReadForItsNumbers()
    {
        byte[] bytes =
        [
            .. new V1.Frame
            {
                Sequence = 7,
                AckHighest = 3,
                AckBits = 1,
            }.ToByteArray(),
            0xc2,
            0x3e,
            0x00,
        ];

        FrameCodec.TryDecode(bytes, Now, out var frame, out _).ShouldBeTrue();

        frame.ShouldBe(new Frame(7, 3, 1, new Message.LinkAck()));
    }

    [Fact]
    public void Node_NotSet_IsRefused() =>
        Refusal(frame => frame.Hello.ClearNode(), Hello()).ShouldBe("node is not set");

    [Fact]
    public void Node_OutOfRange_IsRefused() =>
        Refusal(frame => frame.Hello.Node = 32, Hello()).ShouldBe("node is 32: no node");

    [Fact]
    public void Tag_OutOfRange_IsRefused() =>
        Refusal(frame => frame.Hello.Life.Tag = 1000, Hello()).ShouldBe("tag is 1000");

    [Fact]
    public void Digest_ThatIsNone_IsRefused() =>
        Refusal(frame => frame.Hello.TopologyDigest = "ABC", Hello()).ShouldBe("topology digest is not 64 hex digits");

    [Fact]
    public void NodeOfAVector_OutOfRange_IsRefused() =>
        Refusal(frame => frame.Heartbeat.Vector[0] = 32 << 2, Wire(Samples.Messages.OfType<Message.Heartbeat>().Last()))
            .ShouldBe("node is 32: no node");

    [Fact]
    public void AgeOfAVector_BeyondAnInt_IsRefused() =>
        Refusal(
                frame => frame.Heartbeat.Vector[1] = uint.MaxValue,
                Wire(Samples.Messages.OfType<Message.Heartbeat>().Last())
            )
            .ShouldBe("ago is 4294967294");

    [Fact]
    public void HalfAPlaceOfAVector_IsRefused() =>
        Refusal(frame => frame.Heartbeat.Vector.Add(4), Wire(new Message.Heartbeat(Samples.Life, [])))
            .ShouldBe("half a place of a vector");

    [Fact]
    public void Die_OutOfRange_IsRefused() =>
        Refusal(
                frame =>
                {
                    var payload = V1.EntryPayload.Parser.ParseFrom(frame.Adopt.Founding.Payload);
                    payload.SilenceSeen.Sights[0].Die = 2;
                    frame.Adopt.Founding.Payload = payload.ToByteString();
                },
                Wire(new Message.Adopt(Samples.Entries.First(entry => entry.Payload is EntryPayload.SilenceSeen)))
            )
            .ShouldBe("die is 2");

    [Fact]
    public void Kind_Unspecified_IsRefused() =>
        Refusal(frame => frame.Reporting.Report.Words.Id.Kind = 0, Reporting()).ShouldBe("kind is not set");

    [Fact]
    public void Kind_OfALaterVersion_IsRefused() =>
        Refusal(frame => frame.Reporting.Report.Words.Id.Kind = (V1.EventKind)8, Reporting())
            .ShouldBe("kind is 8: not known here");

    [Fact]
    public void Kind_Negative_IsRefused() =>
        Refusal(frame => frame.Reporting.Report.Words.Id.Kind = (V1.EventKind)(-1), Reporting())
            .ShouldBe("kind is -1: not known here");

    [Fact]
    public void Waiter_Unspecified_IsRefused() =>
        Refusal(frame => frame.Reporting.Report.Words.Waiter = 0, Reporting()).ShouldBe("waiter is not set");

    [Fact]
    public void Cna_OfEveryone_IsRefused() =>
        Refusal(frame => frame.Reporting.Report.Words.VictimCna = 0xFFFFFF, Reporting()).ShouldBe("cna is 16777215");

    [Fact]
    public void Eid_OfOneHalf_IsRefused() =>
        Refusal(frame => frame.Reporting.Report.Words.ClearVictimEidLow(), Reporting()).ShouldBe("half an eid");

    [Fact]
    public void Term_BeyondALong_IsRefused() =>
        Refusal(frame => frame.TimeoutNow.Term = ulong.MaxValue, Wire(new Message.TimeoutNow(new Term(1))))
            .ShouldBe("term is 18446744073709551615");

    [Fact]
    public void Relay_InARelay_IsRefused() =>
        Refusal(frame => frame.Relayed.Inner = frame.Clone(), Wire(Samples.Messages.OfType<Message.Relayed>().First()))
            .ShouldBe("relays nothing, or a relayed frame");

    [Fact]
    public void Vector_LongerThanTheCluster_IsRefused()
    {
        var wire = Wire(new Message.Heartbeat(Samples.Life, []));
        for (var i = 0; i < 65; i++)
        {
            wire.Heartbeat.Vector.Add([4, 0]);
        }

        Refusal(_ => { }, wire).ShouldBe("65 places of a vector, more than 64");
    }

    [Fact]
    public void Text_TooLongHere_IsCutAndTaken()
    {
        var refused = new Message.Refused(new string('x', 511) + "💥");

        FrameCodec
            .TryDecode(FrameCodec.Encode(new Frame(0, 0, 0, refused), Now), Now, out var frame, out _)
            .ShouldBeTrue();

        // Not half of the two characters that the sign is made of.
        frame.Message.ShouldBe(new Message.Refused(new string('x', 511)));
    }

    [Fact]
    public void Text_TooLongFromOutside_IsRefused() =>
        Refusal(frame => frame.Refused.Reason = new string('x', 513), Wire(new Message.Refused("")))
            .ShouldBe("reason has 513 characters");

    [Fact]
    public void Bulk_OfAnotherMessage_IsRefused()
    {
        var bytes = FrameCodec.Encode(new Frame(1, 0, 0, new Message.LinkAck()), Now);

        FrameCodec.TryDecodeBulk(bytes, Now, out _, out var reason).ShouldBeFalse();

        reason.ShouldBe("LinkAck on the bulk stream");
    }

    private static V1.Frame Wire(Message message) => FrameCodec.ToWire(new Frame(1, 2, 3, message), Now);

    private static V1.Frame Hello() => Wire(Samples.Messages.OfType<Message.Hello>().First());

    private static V1.Frame Reporting() => Wire(new Message.Reporting(Samples.Report));

    private static string? Refusal(Action<V1.Frame> spoil, V1.Frame wire)
    {
        spoil(wire);
        FrameCodec.TryFromWire(wire, Now, out var frame, out var reason).ShouldBeFalse();
        frame.ShouldBeNull();
        return reason;
    }
}
