using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Console.View;

/// <summary>What numbers and enumerations are called on the page.</summary>
internal static class Names
{
    private const int TextCharsMax = 512;

    public static string Of(this NodeStatus status, NodeId node) =>
        FormerNode.NameOf(node, status.Map.Topology, status.Map.Former);

    public static string Of(EventKind kind) =>
        kind switch
        {
            EventKind.Silent => "silence",
            EventKind.PowerOff => "power-off request",
            EventKind.KernelReboot => "kernel reboot",
            EventKind.Panic => "panic",
            EventKind.OutOfMemory => "out of memory",
            EventKind.MemoryFault => "memory fault",
            EventKind.LinkChange => "link change",
            _ => "unknown",
        };

    public static string Of(Verdict verdict) =>
        verdict switch
        {
            Verdict.Recorded => "recorded",
            Verdict.Handled => "handled",
            Verdict.Failed => "failed",
            Verdict.Closed => "closed before",
            Verdict.UnknownVictim => "unknown victim",
            _ => "none",
        };

    public static string Of(ReleaseOutcome outcome) =>
        outcome switch
        {
            ReleaseOutcome.Acked => "acked",
            ReleaseOutcome.Late => "late: its window was over",
            ReleaseOutcome.NoSuchMessage => "its kernel knew the message no more",
            ReleaseOutcome.Overtaken => "overtaken by another event",
            ReleaseOutcome.Failed => "could not be written",
            ReleaseOutcome.NobodyWaits => "nobody waited",
            _ => "unknown",
        };

    public static string Of(CloseReason reason) =>
        reason switch
        {
            CloseReason.Rebooted => "rejoined with a new life",
            CloseReason.Cancelled => "taken back by the node itself",
            CloseReason.Contradicted => "contradicted: the same life goes on",
            CloseReason.Operator => "closed by an operator",
            CloseReason.Noted => "noted, nothing more to come",
            CloseReason.HeardAgain => "heard again in the same life",
            _ => "unknown",
        };

    public static string Of(HandlerOutcome outcome) =>
        outcome switch
        {
            HandlerOutcome.Done => "done",
            HandlerOutcome.Failed => "failed",
            HandlerOutcome.Absent => "absent: not connected within a second",
            HandlerOutcome.TimedOut => "did not answer in time",
            HandlerOutcome.Unknown => "unknown: its master is gone, and it may not start twice",
            _ => "unknown",
        };

    public static string Of(NoticeStage stage) =>
        stage switch
        {
            NoticeStage.Started => "being sent",
            NoticeStage.Sent => "sent",
            NoticeStage.Failed => "given up",
            NoticeStage.Unknown => "not known",
            NoticeStage.Muted => "muted",
            NoticeStage.Inhibited => "hidden by a graver one",
            _ => stage.ToString(),
        };

    public static string Of(ReportDoor door) =>
        door switch
        {
            ReportDoor.Device => "kernel device record",
            ReportDoor.Said => "said by a program",
            ReportDoor.Drill => "drill",
            _ => "unknown",
        };

    public static string Of(Waiter waiter) =>
        waiter switch
        {
            Waiter.Nobody => "nobody",
            Waiter.StockRemote => "a stock kernel on another machine",
            Waiter.StockLocal => "the stock kernel of the witness",
            Waiter.Ours => "a sender of ClusterRas",
            _ => "unknown",
        };

    public static string Of(GroupCause cause) =>
        cause switch
        {
            GroupCause.Seated => "a caught-up node was given a seat",
            GroupCause.Died => "its death was told, and it is silent",
            GroupCause.DiskLost => "the disk of its seat is gone or went back",
            GroupCause.Stopped => "an operator stops it",
            GroupCause.Undone => "the change before could not be committed",
            _ => "unknown",
        };

    public static string Of(FileStanding file) =>
        file switch
        {
            FileStanding.InForce => "the map in force",
            FileStanding.Outdated => "an earlier map; the node runs with the newer one of its ledger",
            FileStanding.Unknown => "not known to the ledger",
            FileStanding.Removed => "this node is not in the ledger's map",
            FileStanding.Leaving => "this node is on its way out of the map",
            _ => "unknown",
        };

    /// <summary>What a kind tells beyond "it happened".</summary>
    public static string Of(EventDetail? detail) =>
        detail switch
        {
            EventDetail.OutOfMemory memory => FormattableString.Invariant(
                $"NUMA nodes {string.Join(", ", memory.NumaNodes)}; {(memory.Sync ? "a task waits for pages" : "nobody waits")}; timeout {memory.TimeoutMs} ms"
            ),
            EventDetail.MemoryFault fault => FormattableString.Invariant(
                $"physical address 0x{fault.PhysicalAddress:x}; memory type {fault.MemoryType}; fault type {fault.RawType}"
            ),
            EventDetail.LinkChange link => FormattableString.Invariant(
                $"port {link.PortId} to CNA {link.Cna.Value} is {(link.Up ? "up" : "down")}"
            ),
            EventDetail.Text text => text.Value.Length > TextCharsMax ? text.Value[..TextCharsMax] : text.Value,
            EventDetail.Unknown => "told by a newer version",
            _ => "",
        };
}
