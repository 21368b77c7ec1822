using ClusterRas.Protocol;

namespace ClusterRas.Node;

/// <summary>The log lines of notices and of what operators want none of, as the ledger has it.</summary>
internal static partial class NoticeLines
{
    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "notice.recorded",
        Message = "Incident {Incident}, {Moment}: {Channel} {Stage}, attempt {Attempt}, by {By}: {Detail}"
    )]
    public static partial void NoticeRecorded(
        this ILogger log,
        long incident,
        NoticeMoment moment,
        string channel,
        NoticeStage stage,
        int attempt,
        string by,
        string detail
    );

    [LoggerMessage(
        Level = LogLevel.Error,
        EventName = "notice.failed",
        Message = "Incident {Incident}, {Moment}: {Channel} was not told ({Stage}), attempt {Attempt}, by {By}: {Detail}"
    )]
    public static partial void NoticeFailed(
        this ILogger log,
        long incident,
        NoticeMoment moment,
        string channel,
        NoticeStage stage,
        int attempt,
        string by,
        string detail
    );

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "notice.no-channel",
        Message = "Incident {Incident} is to be told to {Channel}, which is not in this master's configuration: nobody is told"
    )]
    public static partial void NoChannel(this ILogger log, long incident, string channel);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "notice.retried",
        Message = "Incident {Incident}: {Channel} has not taken attempt {Attempt}, the next one comes in {InMs} ms: {Why}"
    )]
    public static partial void NoticeRetried(
        this ILogger log,
        long incident,
        string channel,
        int attempt,
        long inMs,
        string why
    );

    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "notice.channel",
        Message = "Channel {Channel} is told of incidents from entry {Index} on"
    )]
    public static partial void ChannelDeclared(this ILogger log, string channel, long index);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "operator.mute",
        Message = "{By} wants no notices of {What} until {Until:u}: {Why} (entry {Index})"
    )]
    public static partial void MuteAsked(
        this ILogger log,
        string by,
        string what,
        DateTimeOffset until,
        string why,
        long index
    );

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "operator.unmute",
        Message = "{By} has mute {Mute} end: {Why} (entry {Index})"
    )]
    public static partial void UnmuteAsked(this ILogger log, string by, long mute, string why, long index);
}
