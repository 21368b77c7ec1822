using System.Text.Json;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Sentry;

namespace ClusterRas.Node.Sources.Tests;

/// <summary>Device records to write, and the node that reads them.</summary>
internal static class Records
{
    public const ulong StartNs = 90_000_000_000;

    public static readonly Witness Here = new(new NodeId(3), new BootId(0x2f0c1a9b));
    public static readonly Instant Now = new(100_000_000_000);
    public static readonly Eid VictimEid = new(0xfd00000000000000, 0xa01);
    public static readonly HashSet<EventKind> AllKinds = [.. Enum.GetValues<EventKind>()];

    public static DeviceRecord.Panic Panic(ulong msgid = 19, ulong? timeoutMs = 35017, ulong startNs = StartNs) =>
        new(msgid, startNs, timeoutMs, new Cna(0x123456), VictimEid);

    public static DeviceRecord.PowerOff PowerOff(ulong msgid = 17) => new(msgid, StartNs, 35000);

    public static byte[] Bytes(this DeviceRecord record, DeviceRecordLayout layout = DeviceRecordLayout.B) =>
        DeviceRecordCodec.Write(record, layout);

    /// <summary>What the incumbent was given when it was recorded: both layouts.</summary>
    public static IEnumerable<(string Name, byte[] Bytes)> Recorded()
    {
        using var file = JsonDocument.Parse(
            File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "syssentry-vectors.json"))
        );
        var groups = new[] { "device_record_to_alarm", "abi_mismatch_layout_B_record_read_by_layout_A_program" };
        return groups
            .SelectMany(group => file.RootElement.GetProperty(group).EnumerateArray())
            .Select(v =>
                (
                    v.GetProperty("name").GetString()!,
                    Convert.FromHexString(v.GetProperty("dev_record_hex").GetString()!)
                )
            )
            .ToList();
    }
}
