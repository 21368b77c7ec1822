using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Kernel;

/// <summary>One record as the helper driver shows it: the fields of the real one that the protocol uses.</summary>
/// <param name="StartNs">The witness's clock when it first heard of this, in ns.</param>
/// <param name="TimeoutMs">The whole window; null: nobody waits and no ack is wanted.</param>
/// <param name="Eid">The victim's DIE; null: a local event.</param>
internal sealed record DeviceRecord(
    EventKind Kind,
    ulong Msgid,
    ulong StartNs,
    long? TimeoutMs,
    Eid? Eid,
    Cna? Cna,
    EventDetail? Detail
)
{
    /// <summary>The driver's own arithmetic: strictly more than the timeout, in whole ms.</summary>
    public bool IsOver(Instant now) =>
        TimeoutMs is { } timeout && (now.Nanoseconds - (long)StartNs) / 1_000_000 > timeout;
}
