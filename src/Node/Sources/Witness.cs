using System.Diagnostics;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Sentry;

namespace ClusterRas.Node.Sources;

/// <summary>This node, as the one who says what its kernel was told.</summary>
/// <param name="Node">Who.</param>
/// <param name="Boot">Its present boot, part of every id, so that two boots never collide.</param>
internal sealed record Witness(NodeId Node, BootId Boot)
{
    // The local reporters add 5 s to a setting of at most one hour; more than that no kernel says.
    private const int WindowMsMax = Limits.WindowMsMax + 5000;

    /// <summary>The kind that a record claims.</summary>
    public static EventKind KindOf(DeviceRecord record) =>
        record switch
        {
            DeviceRecord.PowerOff => EventKind.PowerOff,
            DeviceRecord.OutOfMemory => EventKind.OutOfMemory,
            DeviceRecord.Panic => EventKind.Panic,
            DeviceRecord.KernelReboot => EventKind.KernelReboot,
            DeviceRecord.MemoryFault => EventKind.MemoryFault,
            DeviceRecord.LinkChange => EventKind.LinkChange,
            _ => throw new UnreachableException(),
        };

    /// <summary>The address that a record names, if it is about another node.</summary>
    public static Eid? EidOf(DeviceRecord record) =>
        record switch
        {
            DeviceRecord.Panic panic => panic.Eid,
            DeviceRecord.KernelReboot reboot => reboot.Eid,
            _ => null,
        };

    /// <summary>Names a record's word; the same for every copy of it.</summary>
    public ReportId Name(DeviceRecord record) =>
        ReportId.ForDevice(Node, Boot, KindOf(record), record.Msgid, record.StartSendTimeNs);

    /// <summary>This node's word of a record, also if its window is over: that is for the core to judge.</summary>
    public Report Report(DeviceRecord record, Instant now)
    {
        var (windowMs, tag) = WindowOf(record);
        var raisedAt = RaisedAt(record.StartSendTimeNs, now);
        var isRemote = record is DeviceRecord.Panic or DeviceRecord.KernelReboot;
        var words = new Words(
            Name(record),
            EidOf(record) is { } eid && eid != Eid.None ? eid : null,
            CnaOf(record) is { IsValid: true } cna ? cna : null,
            isRemote ? null : Node,
            isRemote ? default : Boot,
            tag,
            WaiterOf(record),
            windowMs,
            DetailOf(record)
        );
        Instant? ends = windowMs is { } window ? raisedAt + TimeSpan.FromMilliseconds(window) : null;
        return new Report(words, raisedAt, ends);
    }

    /// <summary>How long the kernel waits, and the life that armed it.</summary>
    /// <remarks>
    /// A stock kernel waits whole seconds; of a panic or reboot the rest is the life's tag. A setting that somebody
    /// else made reads alike: 1500 is 1 s of a life with tag 500. Under 1 s no kernel sends, but a program at a FIFO
    /// may: its window is taken as it stands. Events of this node carry no tag, for their life is known.
    /// </remarks>
    private static (long? WindowMs, int Tag) WindowOf(DeviceRecord record)
    {
        if (record.TimeoutMs is not { } timeout)
        {
            return (null, 0);
        }

        if (record is DeviceRecord.Panic or DeviceRecord.KernelReboot && ArmedTimeout.TryRead(timeout, out var armed))
        {
            return (armed.Seconds * 1000L, armed.Tag);
        }

        return ((long)Math.Min(timeout, WindowMsMax), 0);
    }

    // 0: the sender did not say. Ahead of us: another clock's, or a lie; to believe it would lengthen the window.
    private static Instant RaisedAt(ulong startSendTimeNs, Instant now) =>
        startSendTimeNs == 0 || startSendTimeNs > (ulong)now.Nanoseconds ? now : new Instant((long)startSendTimeNs);

    private static Cna? CnaOf(DeviceRecord record) =>
        record switch
        {
            DeviceRecord.Panic panic => panic.Cna,
            DeviceRecord.KernelReboot reboot => reboot.Cna,
            _ => null,
        };

    private static Waiter WaiterOf(DeviceRecord record) =>
        record switch
        {
            { TimeoutMs: null } => Waiter.Nobody,
            DeviceRecord.Panic or DeviceRecord.KernelReboot => Waiter.StockRemote,
            DeviceRecord.PowerOff or DeviceRecord.OutOfMemory { IsSync: true } => Waiter.StockLocal,
            _ => Waiter.Nobody,
        };

    private static EventDetail? DetailOf(DeviceRecord record) =>
        record switch
        {
            DeviceRecord.OutOfMemory oom => new EventDetail.OutOfMemory(
                EquatableArray.Create(oom.NumaNodes.AsSpan()[..Math.Clamp(oom.NodeCount, 0, oom.NumaNodes.Length)]),
                oom.IsSync,
                oom.AnnouncedTimeoutMs,
                (int)oom.Reason
            ),
            DeviceRecord.MemoryFault fault => new EventDetail.MemoryFault(
                fault.PhysicalAddress,
                fault.Mode,
                fault.IsKilling,
                fault.RawType
            ),
            DeviceRecord.LinkChange link => new EventDetail.LinkChange(link.Port, link.Scna, link.IsUp),
            _ => null,
        };
}
