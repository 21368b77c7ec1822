using System.Collections.Immutable;
using System.Text;
using ClusterRas.Fabric.Tests;

namespace ClusterRas.Sentry.Tests;

public class DeviceRecordCodecTests
{
    /// <summary>A record put together from the recorded offsets alone, little-endian.</summary>
    private static byte[] Lay(DeviceRecordLayout layout, params (string Field, object Value)[] values)
    {
        var fields = Vectors.Fields(layout);
        var bytes = new byte[Vectors.Layout(layout).GetProperty("size").GetInt32()];
        (string, object)[] head =
        [
            ("msgid", DeviceRecordSamples.Msgid),
            ("start_send_time", DeviceRecordSamples.StartNs),
        ];
        foreach (var (field, value) in head.Concat(values))
        {
            var (offset, size) = fields[field];
            byte[] raw = value switch
            {
                int[] list => [.. list.SelectMany(BitConverter.GetBytes)],
                string text => Encoding.ASCII.GetBytes(text.PadRight(size, '\0')),
                ulong number => BitConverter.GetBytes(number)[..size],
                uint number => BitConverter.GetBytes(number)[..size],
                ushort number => BitConverter.GetBytes(number)[..size],
                int number => BitConverter.GetBytes(number)[..size],
                _ => throw new ArgumentException(field),
            };
            raw.Length.ShouldBe(size, field);
            raw.CopyTo(bytes, offset);
        }

        return bytes;
    }

    private static void ShouldBeSame(byte[] bytes, DeviceRecord record, DeviceRecordLayout layout)
    {
        DeviceRecordCodec.Read(bytes).ShouldBe(new DeviceRecordReading.Taken(record, layout));
        DeviceRecordCodec.Write(record, layout).ShouldBe(bytes);
    }

    private static DeviceRecordRefusal Refused(byte[] bytes) =>
        DeviceRecordCodec.Read(bytes).ShouldBeOfType<DeviceRecordReading.Refused>().Why;

    [Theory]
    [InlineData(DeviceRecordLayout.A)]
    [InlineData(DeviceRecordLayout.B)]
    public void PowerOff_AtTheRecordedOffsets_IsReadAndWritten(DeviceRecordLayout layout) =>
        ShouldBeSame(
            Lay(layout, ("type", 0), ("timeout_time", 35000ul)),
            DeviceRecordSamples.Of<DeviceRecord.PowerOff>(),
            layout
        );

    [Theory]
    [InlineData(DeviceRecordLayout.A)]
    [InlineData(DeviceRecordLayout.B)]
    public void OutOfMemory_AtTheRecordedOffsets_IsReadAndWritten(DeviceRecordLayout layout) =>
        ShouldBeSame(
            Lay(
                layout,
                ("type", 1),
                ("timeout_time", 35000ul),
                ("u.oom.nr_nid", 3),
                ("u.oom.nid[8]", new[] { 7, 0, 5, -1, -1, -1, -1, -1 }),
                ("u.oom.sync", 1),
                ("u.oom.timeout", 30000),
                ("u.oom.reason", 2)
            ),
            DeviceRecordSamples.Of<DeviceRecord.OutOfMemory>(),
            layout
        );

    [Theory]
    [InlineData(DeviceRecordLayout.A)]
    [InlineData(DeviceRecordLayout.B)]
    public void PanicAndReboot_AtTheRecordedOffsets_AreReadAndWritten(DeviceRecordLayout layout)
    {
        (string, object)[] body =
        [
            ("timeout_time", 35017ul),
            ("u.remote.cna", 0x123456u),
            ("u.remote.eid[40]", DeviceRecordSamples.EidText),
        ];
        ShouldBeSame(Lay(layout, [("type", 2), .. body]), DeviceRecordSamples.Of<DeviceRecord.Panic>(), layout);
        ShouldBeSame(Lay(layout, [("type", 3), .. body]), DeviceRecordSamples.Of<DeviceRecord.KernelReboot>(), layout);
    }

    [Theory]
    [InlineData(DeviceRecordLayout.A)]
    [InlineData(DeviceRecordLayout.B)]
    public void MemoryFault_AtTheRecordedOffsets_IsReadAndWritten(DeviceRecordLayout layout) =>
        ShouldBeSame(
            Lay(
                layout,
                ("type", 4),
                ("timeout_time", ulong.MaxValue),
                ("u.ubmem.pa", 0x8877665544332211),
                ("u.ubmem.mem_type", 1),
                ("u.ubmem.fault_with_kill", 1),
                ("u.ubmem.raw_err_type", 17)
            ),
            DeviceRecordSamples.Of<DeviceRecord.MemoryFault>(),
            layout
        );

    [Theory]
    [InlineData(DeviceRecordLayout.A)]
    [InlineData(DeviceRecordLayout.B)]
    public void LinkChange_AtTheRecordedOffsets_IsReadAndWritten(DeviceRecordLayout layout) =>
        ShouldBeSame(
            Lay(
                layout,
                ("type", 9),
                ("timeout_time", ulong.MaxValue),
                ("u.link.port_id", (ushort)0xfffe),
                ("u.link.scna", 0xffffffu),
                ("u.link.link_event", 1)
            ),
            DeviceRecordSamples.Of<DeviceRecord.LinkChange>(),
            layout
        );

    [Fact]
    public void Layouts_AsRecorded_HaveTheSizeOfTheCodec()
    {
        Vectors.Layout(DeviceRecordLayout.A).GetProperty("size").GetInt32().ShouldBe(DeviceRecordCodec.Length);
        Vectors.Layout(DeviceRecordLayout.B).GetProperty("size").GetInt32().ShouldBe(DeviceRecordCodec.Length);
    }

    [Fact]
    public void MessageTypes_AsRecorded_HaveOurValues() =>
        Vectors
            .Root.GetProperty("message_types")
            .EnumerateObject()
            .Select(t => t.Value.GetInt32())
            .ShouldBe(Enum.GetValues<MessageType>().Select(t => (int)t));

    [Fact]
    public void Ioctls_AsRecorded_HaveOurValues()
    {
        var ioctls = Vectors.Root.GetProperty("ioctls");
        ioctls.GetProperty("MSG_ACK").GetProperty("value").GetUInt32().ShouldBe(DeviceIoctl.MsgAck);
        ioctls.GetProperty("VERSION_CHECK").GetProperty("value").GetUInt32().ShouldBe(DeviceIoctl.VersionCheck);
    }

    [Fact]
    public void Samples_AllTogether_AreOneOfEachKind() =>
        DeviceRecordSamples
            .All.Select(r => r.GetType())
            .ShouldBe(typeof(DeviceRecord).GetNestedTypes(), ignoreOrder: true);

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    [InlineData(87)]
    [InlineData(89)]
    [InlineData(176)]
    public void Bytes_OfAnotherLength_AreRefused(int length) =>
        Refused(new byte[length]).ShouldBe(DeviceRecordRefusal.WrongLength);

    [Theory]
    [InlineData(-1)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(10)]
    [InlineData(11)]
    [InlineData(int.MaxValue)]
    public void Type_ThatTheKernelDoesNotGive_IsRefused(int type) =>
        Refused(Lay(DeviceRecordLayout.A, ("type", type), ("timeout_time", 35000ul)))
            .ShouldBe(DeviceRecordRefusal.UnknownType);

    [Fact]
    public void Type_ThatTheNewerKernelDoesNotGive_IsRefused() =>
        Refused(Lay(DeviceRecordLayout.B, ("type", 5), ("timeout_time", 35000ul)))
            .ShouldBe(DeviceRecordRefusal.UnknownType);

    [Fact]
    public void Msgid_Zero_IsRefused() =>
        Refused(Lay(DeviceRecordLayout.B, ("type", 0), ("msgid", 0ul))).ShouldBe(DeviceRecordRefusal.NoMsgid);

    [Fact]
    public void Bytes_AllZero_AreRefused() => Refused(new byte[88]).ShouldBe(DeviceRecordRefusal.NoMsgid);

    [Theory]
    [InlineData("", DeviceRecordRefusal.EidMalformed)]
    [InlineData("fd00::1", DeviceRecordRefusal.EidMalformed)]
    [InlineData("fd00:0000:0000:0000:0000:0000:0000:000g", DeviceRecordRefusal.EidMalformed)]
    [InlineData("fd00:0000:0000:0000:0000:0000:0000:001", DeviceRecordRefusal.EidMalformed)]
    [InlineData("fd00:0000:0000:0000:0000:0000:0000:00011", DeviceRecordRefusal.EidNotTerminated)]
    public void Eid_ThatIsNone_IsRefused(string text, DeviceRecordRefusal why) =>
        Refused(Lay(DeviceRecordLayout.A, ("type", 2), ("timeout_time", 35000ul), ("u.remote.eid[40]", text)))
            .ShouldBe(why);

    [Fact]
    public void Eid_InUpperCase_IsRead()
    {
        var bytes = Lay(
            DeviceRecordLayout.A,
            ("type", 2),
            ("timeout_time", 35000ul),
            ("u.remote.eid[40]", DeviceRecordSamples.EidText.ToUpperInvariant())
        );
        DeviceRecordCodec
            .Read(bytes)
            .ShouldBeOfType<DeviceRecordReading.Taken>()
            .Record.ShouldBeOfType<DeviceRecord.Panic>()
            .Eid.ShouldBe(DeviceRecordSamples.Eid);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(2)]
    public void LinkEvent_NeitherUpNorDown_IsRefused(int value) =>
        Refused(Lay(DeviceRecordLayout.B, ("type", 9), ("u.link.link_event", value)))
            .ShouldBe(DeviceRecordRefusal.UnknownLinkEvent);

    [Theory]
    [InlineData(11ul, DeviceRecordLayout.A)]
    [InlineData(1000ul, DeviceRecordLayout.A)]
    [InlineData(3_600_000ul, DeviceRecordLayout.A)]
    [InlineData(ulong.MaxValue, DeviceRecordLayout.A)]
    [InlineData(10ul, DeviceRecordLayout.B)]
    public void Layout_IsToldByTheWordAtTwentyFour(ulong word, DeviceRecordLayout layout)
    {
        // In layout B the word is the type, 10 at most; its msgid, at 0, is 9 here: a type for those who look there.
        var bytes = Lay(DeviceRecordLayout.A, ("type", 9), ("timeout_time", word));
        if (layout == DeviceRecordLayout.A)
        {
            DeviceRecordCodec.Read(bytes).ShouldBeOfType<DeviceRecordReading.Taken>().Layout.ShouldBe(layout);
        }
        else
        {
            Refused(bytes).ShouldBe(DeviceRecordRefusal.UnknownType);
        }
    }

    [Fact]
    public void Window_AllOnes_IsNone()
    {
        var bytes = Lay(DeviceRecordLayout.B, ("type", 0), ("timeout_time", ulong.MaxValue));
        DeviceRecordCodec.Read(bytes).ShouldBeOfType<DeviceRecordReading.Taken>().Record.TimeoutMs.ShouldBeNull();
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(10ul)]
    public void Write_InLayoutAWithATinyWindow_Throws(ulong timeoutMs)
    {
        var record = new DeviceRecord.PowerOff(1, 2, timeoutMs);
        Should.Throw<ArgumentException>(() => DeviceRecordCodec.Write(record, DeviceRecordLayout.A));
        DeviceRecordCodec
            .Read(DeviceRecordCodec.Write(record, DeviceRecordLayout.B))
            .ShouldBe(new DeviceRecordReading.Taken(record, DeviceRecordLayout.B));
    }

    [Fact]
    public void Write_WithoutEightNumaNodes_Throws()
    {
        var record = DeviceRecordSamples.Of<DeviceRecord.OutOfMemory>();
        foreach (ImmutableArray<int> nodes in new ImmutableArray<int>[] { default, [], [.. record.NumaNodes, 8] })
        {
            var wrong = record with { NumaNodes = nodes };
            Should.Throw<ArgumentException>(() => DeviceRecordCodec.Write(wrong, DeviceRecordLayout.B));
        }
    }

    [Theory]
    [InlineData(DeviceRecordLayout.A)]
    [InlineData(DeviceRecordLayout.B)]
    public void Ack_OfARecord_IsTheRecordWithItsResult(DeviceRecordLayout layout)
    {
        const ulong result = 0xa1a2a3a4a5a6a7a8;
        var read = Lay(layout, ("type", 0), ("timeout_time", 35000ul));
        var ack = DeviceRecordCodec.WriteAck(read, result);
        ack.ShouldBe(Lay(layout, ("type", 0), ("timeout_time", 35000ul), ("res", result)));
        Should.Throw<ArgumentException>(() => DeviceRecordCodec.WriteAck(read.AsSpan()[1..].ToArray(), 0));
    }

    [Fact]
    public void Bytes_AtRandom_AreReadOrRefusedAndNeverThrow()
    {
        var seed = Dice.FreshSeed();
        var dice = new Dice(seed);
        var taken = 0;
        for (var round = 0; round < 100_000; round++)
        {
            var sample = DeviceRecordSamples.All[dice.Below(DeviceRecordSamples.All.Length)];
            var bytes = DeviceRecordCodec.Write(sample, (DeviceRecordLayout)dice.Below(2));
            for (var edits = dice.Below(6); edits > 0; edits--)
            {
                bytes[dice.Below(bytes.Length)] = (byte)dice.Below(dice.Below(2) == 0 ? 12 : 256);
            }

            if (DeviceRecordCodec.Read(bytes) is DeviceRecordReading.Taken(var record, var layout))
            {
                taken++;
                var again = DeviceRecordCodec.Read(DeviceRecordCodec.Write(record, layout));
                again.ShouldBe(new DeviceRecordReading.Taken(record, layout), $"seed {seed} round {round}");
                AlarmText.OfEvent(record)?.Text.Length.ShouldBeLessThan(1024, $"seed {seed} round {round}");
            }
        }

        taken.ShouldBeGreaterThan(1000, $"seed {seed}");
    }
}
