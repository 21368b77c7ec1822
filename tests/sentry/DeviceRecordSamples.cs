using ClusterRas.Fabric;

namespace ClusterRas.Sentry.Tests;

/// <summary>One record of each kind, every field with a value of its own.</summary>
internal static class DeviceRecordSamples
{
    public const ulong Msgid = 0x1122334455667788;
    public const ulong StartNs = 0x0102030405060708;
    public const string EidText = "fedc:ba98:7654:3210:0123:4567:89ab:cdef";

    public static readonly Eid Eid = new(0xfedcba9876543210, 0x0123456789abcdef);

    public static readonly DeviceRecord[] All =
    [
        new DeviceRecord.PowerOff(Msgid, StartNs, 35000),
        new DeviceRecord.OutOfMemory(
            Msgid,
            StartNs,
            35000,
            NodeCount: 3,
            [7, 0, 5, -1, -1, -1, -1, -1],
            IsSync: true,
            AnnouncedTimeoutMs: 30000,
            ReclaimReason.HugePage
        ),
        new DeviceRecord.Panic(Msgid, StartNs, 35017, new Cna(0x123456), Eid),
        new DeviceRecord.KernelReboot(Msgid, StartNs, 35017, new Cna(0x123456), Eid),
        new DeviceRecord.MemoryFault(
            Msgid,
            StartNs,
            null,
            PhysicalAddress: 0x8877665544332211,
            Mode: 1,
            IsKilling: true,
            RawType: 17
        ),
        new DeviceRecord.LinkChange(Msgid, StartNs, null, Port: 0xfffe, new Cna(0xffffff), IsUp: true),
    ];

    public static T Of<T>()
        where T : DeviceRecord => All.OfType<T>().Single();
}
