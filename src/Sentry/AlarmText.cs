using System.Diagnostics;
using System.Globalization;

namespace ClusterRas.Sentry;

/// <summary>One alarm in sysSentry's words: what goes into the text of an xalarm frame, without a NUL.</summary>
/// <param name="Id">The alarm.</param>
/// <param name="Text">ASCII; at most 1023 characters, as the incumbent's buffer holds.</param>
public sealed record AlarmText(AlarmId Id, string Text)
{
    /// <summary>OBMM's "no such memory id", told where the fault's address has none.</summary>
    public const ulong NoMemId = 0;

    /// <summary>The event that subscribers are told of a record.</summary>
    /// <param name="record">As read from the device.</param>
    /// <param name="memId">
    /// For a memory fault: OBMM's id of the memory at its address, <see cref="NoMemId"/> where OBMM could not say.
    /// A fault without an id is told all the same: the kernel says it only once. Else without effect.
    /// </param>
    /// <returns>Null: the format has no words for it (<see cref="MemoryFaultTypes.OfRaw"/>).</returns>
    public static AlarmText? OfEvent(DeviceRecord record, ulong memId = NoMemId) =>
        record switch
        {
            DeviceRecord.PowerOff => new(AlarmId.PowerOff, Format($"{record.Msgid}")),
            DeviceRecord.OutOfMemory oom => new(AlarmId.OutOfMemory, OutOfMemory(oom)),
            DeviceRecord.Panic panic => new(
                AlarmId.Panic,
                Format($"{panic.Msgid}_{{cna:{panic.Cna.Value},eid:{panic.Eid}}}")
            ),
            DeviceRecord.KernelReboot reboot => new(
                AlarmId.KernelReboot,
                Format($"{reboot.Msgid}_{{cna:{reboot.Cna.Value},eid:{reboot.Eid}}}")
            ),
            DeviceRecord.MemoryFault fault => MemoryFaultTypes.OfRaw(fault.RawType) is { } type
                ? new(AlarmId.MemoryFault, MemoryFault(fault, type, memId))
                : null,
            DeviceRecord.LinkChange link => new(
                AlarmId.LinkChange,
                Format(
                    $"{link.Msgid}_{{port_id:{link.Port},scna:{link.Scna.Value},event:{(link.IsUp ? "up" : "down")}}}"
                )
            ),
            _ => throw new UnreachableException(),
        };

    /// <summary>The answer to a record, as a subscriber of xalarmd says it.</summary>
    /// <returns>Null: the event takes no answer (memory fault, link).</returns>
    public static AlarmText? OfAck(DeviceRecord record, ulong result) =>
        record switch
        {
            DeviceRecord.PowerOff => new(AlarmId.PowerOffAck, Format($"{record.Msgid}_{result}")),
            DeviceRecord.OutOfMemory => new(AlarmId.OutOfMemoryAck, Format($"{record.Msgid}_{result}")),
            DeviceRecord.Panic panic => new(
                AlarmId.PanicAck,
                Format($"{panic.Msgid}_{{cna:{panic.Cna.Value},eid:{panic.Eid}}}_{result}")
            ),
            DeviceRecord.KernelReboot reboot => new(
                AlarmId.KernelRebootAck,
                Format($"{reboot.Msgid}_{{cna:{reboot.Cna.Value},eid:{reboot.Eid}}}_{result}")
            ),
            DeviceRecord.MemoryFault or DeviceRecord.LinkChange => null,
            _ => throw new UnreachableException(),
        };

    // Always all eight numbers, whatever the count says: readers of the incumbent's text expect them.
    private static string OutOfMemory(DeviceRecord.OutOfMemory oom)
    {
        var nodes = string.Join(',', oom.NumaNodes.Select(n => n.ToString(CultureInfo.InvariantCulture)));
        return Format($"{oom.Msgid}_{{nr_nid:{oom.NodeCount},nid:[{nodes}],")
            + Format($"sync:{(oom.IsSync ? 1 : 0)},timeout:{oom.AnnouncedTimeoutMs},reason:{(int)oom.Reason}}}");
    }

    // The spacing is json-c's. Both ids are signed on this wire: 2^64-1 is written -1.
    private static string MemoryFault(DeviceRecord.MemoryFault fault, MemoryFaultType type, ulong memId) =>
        Format($"{{ \"msgid\": {(long)fault.Msgid}, \"sentry_ubus_mem_err_type\": {(int)type}, ")
        + Format($"\"raw_ubus_mem_err_type\": {fault.RawType}, \"pa\": \"0x{fault.PhysicalAddress:x}\", ")
        + Format($"\"memid\": {(long)memId} }}");

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
