using System.Collections.Immutable;
using ClusterRas.Fabric;

namespace ClusterRas.Sentry;

/// <summary>One event as the kernel hands it to user space through <c>/dev/sentry_msg_helper</c>.</summary>
public abstract record DeviceRecord
{
    private DeviceRecord(ulong msgid, ulong startSendTimeNs, ulong? timeoutMs)
    {
        Msgid = msgid;
        StartSendTimeNs = startSendTimeNs;
        TimeoutMs = timeoutMs;
    }

    /// <summary>What an answer names; never 0, and the same for every copy of one event.</summary>
    public ulong Msgid { get; init; }

    /// <summary>This node's CLOCK_MONOTONIC in ns when the event was made here, or first received here.</summary>
    public ulong StartSendTimeNs { get; init; }

    /// <summary>The window from <see cref="StartSendTimeNs"/> on. Null: no window (all ones in the record).</summary>
    public ulong? TimeoutMs { get; init; }

    /// <summary>The BMC asks this node to power off.</summary>
    public sealed record PowerOff(ulong Msgid, ulong StartSendTimeNs, ulong? TimeoutMs)
        : DeviceRecord(Msgid, StartSendTimeNs, TimeoutMs);

    /// <summary>Memory is short on this node.</summary>
    /// <param name="Msgid">What an answer names.</param>
    /// <param name="StartSendTimeNs">CLOCK_MONOTONIC.</param>
    /// <param name="TimeoutMs">The window of the record.</param>
    /// <param name="NodeCount">How many of <paramref name="NumaNodes"/> are meant; the kernel cuts at 8.</param>
    /// <param name="NumaNodes">Always 8 numbers; -1 where unused.</param>
    /// <param name="IsSync">True: a reclaiming process waits for the answer.</param>
    /// <param name="AnnouncedTimeoutMs">The time that the event text announces; 5 s less than the window.</param>
    /// <param name="Reason">Who reclaims.</param>
    public sealed record OutOfMemory(
        ulong Msgid,
        ulong StartSendTimeNs,
        ulong? TimeoutMs,
        int NodeCount,
        ImmutableArray<int> NumaNodes,
        bool IsSync,
        int AnnouncedTimeoutMs,
        ReclaimReason Reason
    ) : DeviceRecord(Msgid, StartSendTimeNs, TimeoutMs)
    {
        /// <summary>Equal in every value; an immutable array by itself would compare by reference.</summary>
        public bool Equals(OutOfMemory? other) =>
            base.Equals(other)
            && NodeCount == other.NodeCount
            && NumaNodes.AsSpan().SequenceEqual(other.NumaNodes.AsSpan())
            && IsSync == other.IsSync
            && AnnouncedTimeoutMs == other.AnnouncedTimeoutMs
            && Reason == other.Reason;

        /// <inheritdoc />
        public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), NodeCount, IsSync, Reason);
    }

    /// <summary>Another node panics; its kernel waits.</summary>
    /// <param name="Msgid">What an answer names.</param>
    /// <param name="StartSendTimeNs">CLOCK_MONOTONIC of this node at the first copy's arrival.</param>
    /// <param name="TimeoutMs">The victim's setting; may carry a life tag (<see cref="ArmedTimeout"/>).</param>
    /// <param name="Cna">As the victim says; not checked against any map.</param>
    /// <param name="Eid">Of the DIE that spoke; not checked against any map.</param>
    public sealed record Panic(ulong Msgid, ulong StartSendTimeNs, ulong? TimeoutMs, Cna Cna, Eid Eid)
        : DeviceRecord(Msgid, StartSendTimeNs, TimeoutMs);

    /// <summary>Another node's kernel restarts, halts or powers off, and waits.</summary>
    /// <param name="Msgid">What an answer names.</param>
    /// <param name="StartSendTimeNs">CLOCK_MONOTONIC of this node at the first copy's arrival.</param>
    /// <param name="TimeoutMs">The victim's setting; may carry a life tag (<see cref="ArmedTimeout"/>).</param>
    /// <param name="Cna">As the victim says; not checked against any map.</param>
    /// <param name="Eid">Of the DIE that spoke; not checked against any map.</param>
    public sealed record KernelReboot(ulong Msgid, ulong StartSendTimeNs, ulong? TimeoutMs, Cna Cna, Eid Eid)
        : DeviceRecord(Msgid, StartSendTimeNs, TimeoutMs);

    /// <summary>A fault of UB memory on this node; said once, no answer.</summary>
    /// <param name="Msgid">Names the record.</param>
    /// <param name="StartSendTimeNs">CLOCK_MONOTONIC.</param>
    /// <param name="TimeoutMs">Null in practice: no window.</param>
    /// <param name="PhysicalAddress">Where.</param>
    /// <param name="Mode">0: FD (page not online), 1: NUMA (online page).</param>
    /// <param name="IsKilling">True: processes that use the memory are to be killed.</param>
    /// <param name="RawType">The hardware's number; see <see cref="MemoryFaultTypes.OfRaw"/>.</param>
    public sealed record MemoryFault(
        ulong Msgid,
        ulong StartSendTimeNs,
        ulong? TimeoutMs,
        ulong PhysicalAddress,
        int Mode,
        bool IsKilling,
        int RawType
    ) : DeviceRecord(Msgid, StartSendTimeNs, TimeoutMs);

    /// <summary>A UB port of this node went up or down; said once, no answer.</summary>
    /// <param name="Msgid">Names the record.</param>
    /// <param name="StartSendTimeNs">CLOCK_MONOTONIC.</param>
    /// <param name="TimeoutMs">Null in practice: no window.</param>
    /// <param name="Port">The port's number.</param>
    /// <param name="Scna">The port's CNA; the hardware may say 0xFFFFFF, which no node has.</param>
    /// <param name="IsUp">True: up.</param>
    public sealed record LinkChange(
        ulong Msgid,
        ulong StartSendTimeNs,
        ulong? TimeoutMs,
        ushort Port,
        Cna Scna,
        bool IsUp
    ) : DeviceRecord(Msgid, StartSendTimeNs, TimeoutMs);
}
