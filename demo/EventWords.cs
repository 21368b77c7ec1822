using ClusterRas.Fabric;
using ClusterRas.Sentry;

namespace ClusterRas.Demo;

/// <summary>One kind of last words: as a device record, and as the story tells it.</summary>
/// <param name="Kind">As rasctl writes it.</param>
/// <param name="Noun">The event.</param>
/// <param name="Says">What the victim does.</param>
/// <param name="Make">The record, of msgid, start, timeout in ms, CNA and eid.</param>
internal sealed record EventWords(
    string Kind,
    string Noun,
    string Says,
    Func<ulong, ulong, ulong, Cna, Eid, DeviceRecord> Make
)
{
    /// <summary>The kernel panics.</summary>
    public static readonly EventWords Panic = new(
        "panic",
        "panic",
        "PANICS: rasd gets SIGKILL, both rails fall dead, its rasd never says a word",
        (msgid, start, timeout, cna, eid) => new DeviceRecord.Panic(msgid, start, timeout, cna, eid)
    );

    /// <summary>The kernel restarts in good order.</summary>
    public static readonly EventWords Reboot = new(
        "reboot",
        "reboot",
        "announces the reboot of its kernel",
        (msgid, start, timeout, cna, eid) => new DeviceRecord.KernelReboot(msgid, start, timeout, cna, eid)
    );
}
