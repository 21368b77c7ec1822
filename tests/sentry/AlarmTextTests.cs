using ClusterRas.Fabric;

namespace ClusterRas.Sentry.Tests;

public class AlarmTextTests
{
    [Fact]
    public void Event_OfEachKind_IsToldInItsWords() =>
        DeviceRecordSamples
            .All.Select(r => AlarmText.OfEvent(r, memId: 5))
            .ShouldBe([
                new(AlarmId.PowerOff, "1234605616436508552"),
                new(
                    AlarmId.OutOfMemory,
                    "1234605616436508552_{nr_nid:3,nid:[7,0,5,-1,-1,-1,-1,-1],sync:1,timeout:30000,reason:2}"
                ),
                new(AlarmId.Panic, "1234605616436508552_{cna:1193046,eid:fedc:ba98:7654:3210:0123:4567:89ab:cdef}"),
                new(
                    AlarmId.KernelReboot,
                    "1234605616436508552_{cna:1193046,eid:fedc:ba98:7654:3210:0123:4567:89ab:cdef}"
                ),
                new(
                    AlarmId.MemoryFault,
                    "{ \"msgid\": 1234605616436508552, \"sentry_ubus_mem_err_type\": 6, "
                        + "\"raw_ubus_mem_err_type\": 17, \"pa\": \"0x8877665544332211\", \"memid\": 5 }"
                ),
                new(AlarmId.LinkChange, "1234605616436508552_{port_id:65534,scna:16777215,event:up}"),
            ]);

    [Fact]
    public void Ack_OfEachKind_IsToldInItsWords()
    {
        var eid = new Eid(0, 0x0a01);
        var cna = new Cna(1193046);
        AlarmText.OfAck(new DeviceRecord.PowerOff(17, 0, 35000), 0).ShouldBe(new(AlarmId.PowerOffAck, "17_0"));
        var oom = DeviceRecordSamples.Of<DeviceRecord.OutOfMemory>() with { Msgid = 18 };
        AlarmText.OfAck(oom, 4096).ShouldBe(new(AlarmId.OutOfMemoryAck, "18_4096"));
        AlarmText
            .OfAck(new DeviceRecord.Panic(19, 0, 35000, cna, eid), 0)
            .ShouldBe(new(AlarmId.PanicAck, "19_{cna:1193046,eid:0000:0000:0000:0000:0000:0000:0000:0a01}_0"));
        AlarmText
            .OfAck(new DeviceRecord.KernelReboot(20, 0, 35000, cna, eid), 1)
            .ShouldBe(new(AlarmId.KernelRebootAck, "20_{cna:1193046,eid:0000:0000:0000:0000:0000:0000:0000:0a01}_1"));
    }

    [Fact]
    public void Ack_OfWhatTakesNone_IsNone()
    {
        AlarmText.OfAck(DeviceRecordSamples.Of<DeviceRecord.MemoryFault>(), 0).ShouldBeNull();
        AlarmText.OfAck(DeviceRecordSamples.Of<DeviceRecord.LinkChange>(), 0).ShouldBeNull();
    }

    [Fact]
    public void AlarmIds_HaveTheIncumbentsNumbers() =>
        Enum.GetValues<AlarmId>()
            .Select(id => (int)id)
            .ShouldBe([0, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010, 1013, 1015, 1016, 1128]);
}
