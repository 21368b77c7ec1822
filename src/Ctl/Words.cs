using System.Globalization;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl;

/// <summary>
/// Enum values as words: their name in the proto files in lower case, without the enum's own name; kinds of events as
/// rasd's options and drills name them. Empty for what is not set; the number for what only a newer node knows.
/// </summary>
internal static class Words
{
    public static string Of(EventKind kind) =>
        kind switch
        {
            EventKind.Unspecified => "",
            EventKind.Silent => "silent",
            EventKind.PowerOff => "poweroff",
            EventKind.KernelReboot => "reboot",
            EventKind.Panic => "panic",
            EventKind.OutOfMemory => "oom",
            EventKind.MemoryFault => "memory",
            EventKind.LinkChange => "link",
            _ => Number((int)kind),
        };

    public static string Of(ActKind kind) =>
        kind switch
        {
            ActKind.Unspecified => "",
            ActKind.Transfer => "transfer",
            ActKind.Stop => "stop",
            ActKind.Keep => "keep",
            ActKind.Close => "close",
            ActKind.Recover => "recover",
            ActKind.Map => "map",
            ActKind.Mute => "mute",
            ActKind.Maintenance => "maintenance",
            ActKind.Unmute => "unmute",
            _ => Number((int)kind),
        };

    public static string Of(NoticeMoment moment) =>
        moment switch
        {
            NoticeMoment.Unspecified => "",
            NoticeMoment.Opened => "opened",
            NoticeMoment.Closed => "closed",
            _ => Number((int)moment),
        };

    public static string Of(NoticeStage stage) =>
        stage switch
        {
            NoticeStage.Unspecified => "",
            NoticeStage.Started => "started",
            NoticeStage.Sent => "sent",
            NoticeStage.Failed => "failed",
            NoticeStage.Unknown => "unknown",
            NoticeStage.Muted => "muted",
            NoticeStage.Inhibited => "inhibited",
            _ => Number((int)stage),
        };

    public static string Of(MapFile file) =>
        file switch
        {
            MapFile.Unspecified => "",
            MapFile.InForce => "in_force",
            MapFile.Outdated => "outdated",
            MapFile.Unknown => "unknown",
            MapFile.Removed => "removed",
            MapFile.Leaving => "leaving",
            _ => Number((int)file),
        };

    public static string Of(ReportDoor door) =>
        door switch
        {
            ReportDoor.Unspecified => "",
            ReportDoor.Device => "device",
            ReportDoor.Said => "said",
            ReportDoor.Drill => "drill",
            _ => Number((int)door),
        };

    public static string Of(Verdict verdict) =>
        verdict switch
        {
            Verdict.Unspecified => "",
            Verdict.Recorded => "recorded",
            Verdict.Handled => "handled",
            Verdict.Failed => "failed",
            Verdict.Closed => "closed",
            Verdict.UnknownVictim => "unknown_victim",
            _ => Number((int)verdict),
        };

    public static string Of(ReleaseOutcome outcome) =>
        outcome switch
        {
            ReleaseOutcome.Unspecified => "",
            ReleaseOutcome.Acked => "acked",
            ReleaseOutcome.Late => "late",
            ReleaseOutcome.NoSuchMessage => "no_such_message",
            ReleaseOutcome.Overtaken => "overtaken",
            ReleaseOutcome.Failed => "failed",
            ReleaseOutcome.NobodyWaits => "nobody_waits",
            _ => Number((int)outcome),
        };

    public static string Of(CloseReason reason) =>
        reason switch
        {
            CloseReason.Unspecified => "",
            CloseReason.Rebooted => "rebooted",
            CloseReason.Cancelled => "cancelled",
            CloseReason.Contradicted => "contradicted",
            CloseReason.Operator => "operator",
            CloseReason.Noted => "noted",
            CloseReason.HeardAgain => "heard_again",
            _ => Number((int)reason),
        };

    public static string Of(GroupCause cause) =>
        cause switch
        {
            GroupCause.Unspecified => "",
            GroupCause.Seated => "seated",
            GroupCause.Died => "died",
            GroupCause.DiskLost => "disk_lost",
            GroupCause.Stopped => "stopped",
            GroupCause.Undone => "undone",
            _ => Number((int)cause),
        };

    public static string Of(HandlerOutcome outcome) =>
        outcome switch
        {
            HandlerOutcome.Unspecified => "",
            HandlerOutcome.Done => "done",
            HandlerOutcome.Failed => "failed",
            HandlerOutcome.Absent => "absent",
            HandlerOutcome.TimedOut => "timed_out",
            HandlerOutcome.Unknown => "unknown",
            _ => Number((int)outcome),
        };

    public static string Of(Role role) =>
        role switch
        {
            Role.Unspecified => "",
            Role.Follower => "follower",
            Role.PreCandidate => "pre_candidate",
            Role.Candidate => "candidate",
            Role.Leader => "leader",
            _ => Number((int)role),
        };

    public static string Of(Health health) =>
        health switch
        {
            Health.Unspecified => "",
            Health.Unknown => "unknown",
            Health.Up => "up",
            Health.Degraded => "degraded",
            Health.AgentDown => "agent_down",
            Health.Unheard => "unheard",
            _ => Number((int)health),
        };

    public static string Of(LinkCondition condition) =>
        condition switch
        {
            LinkCondition.Unspecified => "",
            LinkCondition.Down => "down",
            LinkCondition.Opening => "opening",
            LinkCondition.Up => "up",
            LinkCondition.Suspect => "suspect",
            LinkCondition.Refused => "refused",
            _ => Number((int)condition),
        };

    public static string Of(StorageCondition condition) =>
        condition switch
        {
            StorageCondition.Unspecified => "",
            StorageCondition.Sound => "sound",
            StorageCondition.Stalled => "stalled",
            _ => Number((int)condition),
        };

    public static string Of(IncidentState state) =>
        state switch
        {
            IncidentState.Unspecified => "",
            IncidentState.Open => "open",
            IncidentState.Closed => "closed",
            _ => Number((int)state),
        };

    public static string Of(TransportKind transport) =>
        transport switch
        {
            TransportKind.Unspecified => "",
            TransportKind.Urma => "urma",
            TransportKind.Uvb => "uvb",
            TransportKind.Grpc => "grpc",
            _ => Number((int)transport),
        };

    /// <summary>For people: blanks in place of underscores, "?" for what is not set.</summary>
    public static string Plain(string word) => word.Length == 0 ? "?" : word.Replace('_', ' ');

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
