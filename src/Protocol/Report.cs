using System.Globalization;
using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>How a word came into the cluster.</summary>
public enum ReportDoor
{
    /// <summary>Not set; refused.</summary>
    None = 0,

    /// <summary>A kernel's device record. Cannot be authenticated.</summary>
    Device = 1,

    /// <summary>Said over the public Events service.</summary>
    Said = 2,

    /// <summary>A drill of an operator; carried like a real one and always called a drill.</summary>
    Drill = 3,
}

/// <summary>Who waits for the answer; decides how early it must leave (protocol.md 3).</summary>
public enum Waiter
{
    /// <summary>Nobody waits; there is no window.</summary>
    Nobody = 0,

    /// <summary>A stock kernel on another machine: it looks once a second, so 1,500 ms before the end.</summary>
    StockRemote = 1,

    /// <summary>A stock kernel on the witness's own machine: 1,000 ms before the end.</summary>
    StockLocal = 2,

    /// <summary>A sender of our own: 150 ms before the end.</summary>
    Ours = 3,
}

/// <summary>Names one witness's word; the same through every resend and after a restart of the witness.</summary>
/// <param name="Witness">The node that says it.</param>
/// <param name="Boot">The witness's boot, so that two boots never collide.</param>
/// <param name="Door">How it came in.</param>
/// <param name="Kind">What is claimed; another kind under the same numbers is another report.</param>
/// <param name="High">Device: msgid. Said: upper half of a 128-bit nonce.</param>
/// <param name="Low">Device: start_send_time in ns. Said: lower half of the nonce.</param>
public readonly record struct ReportId(
    NodeId Witness,
    BootId Boot,
    ReportDoor Door,
    EventKind Kind,
    ulong High,
    ulong Low
)
{
    /// <summary>Computed from the device record alone, so that a restarted <c>rasd</c> gives the same id.</summary>
    public static ReportId ForDevice(NodeId witness, BootId boot, EventKind kind, ulong msgid, ulong startSendTimeNs) =>
        new(witness, boot, ReportDoor.Device, kind, msgid, startSendTimeNs);

    /// <summary>For words said by user space: the nonce is the sender's, kept through resends.</summary>
    public static ReportId ForNonce(NodeId witness, BootId boot, ReportDoor door, EventKind kind, UInt128 nonce) =>
        new(witness, boot, door, kind, (ulong)(nonce >> 64), (ulong)nonce);

    /// <summary>As in logs: <c>#3:2f0c1a9b:Panic:19</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Witness}:{Boot}:{Kind}:{High:x}.{Low:x}");
}

/// <summary>What a kind tells beyond "it happened". Carried unchanged; unknown details are kept and passed on.</summary>
public abstract record EventDetail
{
    private EventDetail() { }

    /// <summary>Out of memory. Nodes: NUMA node ids; Sync: a reclaiming task waits for pages to be freed.</summary>
    public sealed record OutOfMemory(EquatableArray<int> NumaNodes, bool Sync, int TimeoutMs, int Reason) : EventDetail;

    /// <summary>UnifiedBus memory fault, as the kernel tells it.</summary>
    public sealed record MemoryFault(ulong PhysicalAddress, int MemoryType, bool WithKill, int RawType) : EventDetail;

    /// <summary>UnifiedBus port change.</summary>
    public sealed record LinkChange(int PortId, Cna Cna, bool Up) : EventDetail;

    /// <summary>Free words of the sender, at most 512 characters.</summary>
    public sealed record Text(string Value) : EventDetail;

    /// <summary>A detail of a version that this one does not know; its bytes as they came.</summary>
    public sealed record Unknown(EquatableArray<byte> Bytes) : EventDetail;
}

/// <summary>One witness's word, without any time: what is stored, hashed and sent alike everywhere.</summary>
/// <param name="Id">Names it.</param>
/// <param name="VictimEid">The victim's DIE as the witness's kernel says it; null: said by name or CNA.</param>
/// <param name="VictimCna">The victim's CNA as the kernel says it; null: none.</param>
/// <param name="VictimNode">The victim where user space named it; null: by address.</param>
/// <param name="VictimBoot">The victim's boot where the sender knows it; zero: unknown.</param>
/// <param name="Tag">Life tag from the last three digits of the window; 0: none.</param>
/// <param name="Waiter">Who waits for the answer.</param>
/// <param name="WindowMs">The whole window as the sender set it, in ms; null: no window.</param>
/// <param name="Detail">More about it; null: nothing.</param>
public sealed record Words(
    ReportId Id,
    Eid? VictimEid,
    Cna? VictimCna,
    NodeId? VictimNode,
    BootId VictimBoot,
    int Tag,
    Waiter Waiter,
    long? WindowMs,
    EventDetail? Detail
)
{
    /// <summary>What is claimed.</summary>
    public EventKind Kind => Id.Kind;
}

/// <summary>Words with their times on this node's clock. On a wire the times travel as age and remaining duration.</summary>
/// <param name="Words">What was said.</param>
/// <param name="RaisedAt">When the kernel or sender first said it.</param>
/// <param name="WindowEnds">The last instant at which somebody waits; null: no window.</param>
/// <param name="AgeIsAtLeast">Its witness has rebooted since: it was said at <paramref name="RaisedAt"/> or any time before.</param>
public sealed record Report(Words Words, Instant RaisedAt, Instant? WindowEnds, bool AgeIsAtLeast = false)
{
    /// <summary>Names it.</summary>
    public ReportId Id => Words.Id;

    /// <summary>Since when nobody waits any more; <see cref="Instant.Never"/>: no window.</summary>
    /// <remarks>A kernel calls a window over when more than its time has passed: an ack at its very end is taken.</remarks>
    public Instant WindowOverAt => WindowEnds?.Next ?? Instant.Never;
}
