namespace ClusterRas.Sentry.Tests;

/// <summary>Our verdicts beside the incumbent's. docs/sysSentry.md tells why each difference is one.</summary>
public class IncumbentTests
{
    private const string LikeIncumbent = "device_record_to_alarm";
    private const string OtherLayout = "abi_mismatch_layout_B_record_read_by_layout_A_program";

    // The address for which the recording's OBMM stand-in had no memory id.
    private const string NoMemIdVector = "ub_mem_obmm_fails";

    /// <summary>Where we say something else, and what. Null: we say nothing.</summary>
    private static readonly Dictionary<string, AlarmText?> Differences = new()
    {
        // The incumbent drops a fault whose address OBMM does not know; the kernel says it only once.
        [NoMemIdVector] = new(
            AlarmId.MemoryFault,
            "{ \"msgid\": 50, \"sentry_ubus_mem_err_type\": 6, \"raw_ubus_mem_err_type\": 1, "
                + "\"pa\": \"0xdead000\", \"memid\": 0 }"
        ),

        // The incumbent prints past the end of the field.
        ["eid_not_terminated"] = null,

        // The incumbent reads the newer kernel's records by the older layout: losses, and a timestamp as msgid.
        ["kernel_layout_power_off_msgid17"] = new(AlarmId.PowerOff, "17"),
        ["kernel_layout_panic_msgid2"] = new(
            AlarmId.Panic,
            "2_{cna:1193046,eid:0000:0000:0000:0000:0000:0000:0000:0a01}"
        ),
        ["kernel_layout_panic_msgid19"] = new(
            AlarmId.Panic,
            "19_{cna:1193046,eid:0000:0000:0000:0000:0000:0000:0000:0a01}"
        ),
        ["kernel_layout_oom_msgid1"] = new(
            AlarmId.OutOfMemory,
            "1_{nr_nid:2,nid:[0,1,-1,-1,-1,-1,-1,-1],sync:1,timeout:30000,reason:1}"
        ),
    };

    public static TheoryData<string, string> Names()
    {
        var data = new TheoryData<string, string>();
        foreach (var group in new[] { LikeIncumbent, OtherLayout })
        {
            foreach (var vector in Vectors.Records(group))
            {
                data.Add(group, vector.Name);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Record_OfTheIncumbentsVectors_GivesItsAlarmOrANamedDifference(string group, string name)
    {
        var (_, bytes, incumbent) = Vectors.Records(group).Single(v => v.Name == name);
        var ours = DeviceRecordCodec.Read(bytes) is DeviceRecordReading.Taken taken
            ? AlarmText.OfEvent(taken.Record, MemIdOf(name, taken.Record))
            : null;
        if (Differences.TryGetValue(name, out var expected))
        {
            ours.ShouldBe(expected);
            ours.ShouldNotBe(incumbent, "no difference any more; take it off the list");
        }
        else
        {
            ours.ShouldBe(incumbent);
        }
    }

    [Fact]
    public void Differences_AllOfThem_AreVectors()
    {
        var names = Vectors.Records(LikeIncumbent).Concat(Vectors.Records(OtherLayout)).Select(v => v.Name).ToList();
        names.Count.ShouldBe(38);
        Differences.Keys.ShouldBeSubsetOf(names);
    }

    [Fact]
    public void Differences_AllOfThem_AreInTheTableOfTheDocs()
    {
        var rows = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "sysSentry.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1]);
        rows.ShouldBe(Differences.Keys, ignoreOrder: true);
    }

    // Nothing is lost where the alarm has no word for a fault: the record is there for the ledger.
    [Theory]
    [InlineData("ub_mem_raw_10", 10)]
    [InlineData("ub_mem_raw_11", 11)]
    [InlineData("ub_mem_raw_12", 12)]
    [InlineData("ub_mem_raw_18", 18)]
    [InlineData("ub_mem_raw_19", 19)]
    [InlineData("ub_mem_raw_20", 20)]
    public void MemoryFault_WithoutAWordForIt_IsStillARecord(string name, int rawType)
    {
        var bytes = Vectors.Records(LikeIncumbent).Single(v => v.Name == name).Bytes;
        var record = DeviceRecordCodec.Read(bytes).ShouldBeOfType<DeviceRecordReading.Taken>().Record;
        record.ShouldBeOfType<DeviceRecord.MemoryFault>().RawType.ShouldBe(rawType);
    }

    [Theory]
    [InlineData("type_5_panic_ack", DeviceRecordRefusal.UnknownType)]
    [InlineData("type_10", DeviceRecordRefusal.UnknownType)]
    [InlineData("eid_not_terminated", DeviceRecordRefusal.EidNotTerminated)]
    public void Record_ThatIsNone_IsRefusedForItsReason(string name, DeviceRecordRefusal why)
    {
        var bytes = Vectors.Records(LikeIncumbent).Single(v => v.Name == name).Bytes;
        DeviceRecordCodec.Read(bytes).ShouldBeOfType<DeviceRecordReading.Refused>().Why.ShouldBe(why);
    }

    [Theory]
    [InlineData(LikeIncumbent, DeviceRecordLayout.A)]
    [InlineData(OtherLayout, DeviceRecordLayout.B)]
    public void Record_OfAnyVector_IsWrittenBackByteForByte(string group, DeviceRecordLayout layout)
    {
        foreach (var (name, bytes, _) in Vectors.Records(group))
        {
            if (DeviceRecordCodec.Read(bytes) is DeviceRecordReading.Taken taken)
            {
                taken.Layout.ShouldBe(layout, name);
                DeviceRecordCodec.Write(taken.Record, layout).ShouldBe(bytes, name);
            }
        }
    }

    // The incumbent fills in what it read in the answer's text; the kernel looks at msgid and res alone.
    [Theory]
    [InlineData(0, 0ul)]
    [InlineData(1, ulong.MaxValue)]
    public void Ack_BesideTheIncumbents_HasTheSameMsgidAndResult(int vector, ulong result)
    {
        var line = Vectors.Root.GetProperty("ack_ioctl_bytes_layout_A")[vector].GetString()!;
        var incumbent = Convert.FromHexString(line.Split(' ')[2]);
        var panic = Vectors.Records(LikeIncumbent).Single(v => v.Name == "kernel_reboot").Bytes;
        var ours = DeviceRecordCodec.WriteAck(panic, result);
        var fields = Vectors.Fields(DeviceRecordLayout.A);
        foreach (var field in new[] { "msgid", "res" })
        {
            var (offset, size) = fields[field];
            ours[offset..(offset + size)].ShouldBe(incumbent[offset..(offset + size)], field);
        }
    }

    private static ulong MemIdOf(string name, DeviceRecord record) =>
        record is DeviceRecord.MemoryFault fault && name != NoMemIdVector
            ? fault.PhysicalAddress >> 21
            : AlarmText.NoMemId;
}
