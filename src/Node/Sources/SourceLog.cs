using ClusterRas.Fabric;
using ClusterRas.Protocol;
using Microsoft.Extensions.Logging;

namespace ClusterRas.Node.Sources;

/// <summary>What sources have to say.</summary>
internal static partial class SourceLog
{
    [LoggerMessage(
        EventName = "source.opened",
        Level = LogLevel.Information,
        Message = "Reading device records from {Path} ({Kind}), opening {Epoch}; kinds that are on: {Kinds}"
    )]
    public static partial void Opened(ILogger log, string path, string kind, int epoch, string kinds);

    [LoggerMessage(
        EventName = "source.not_opened",
        Level = LogLevel.Warning,
        Message = "Cannot read device records from {Path}: {Reason}; trying again every {RetryEvery}"
    )]
    public static partial void NotOpened(ILogger log, string path, string reason, TimeSpan retryEvery);

    [LoggerMessage(
        EventName = "source.gone",
        Level = LogLevel.Warning,
        Message = "{Path} is gone: {Reason}; answers to its records are dropped, opening it again"
    )]
    public static partial void Gone(ILogger log, string path, string reason);

    [LoggerMessage(
        EventName = "source.second_reader",
        Level = LogLevel.Error,
        Message = "{Path} has another reader (EPERM): its driver lets only one process read, so stop the other one "
            + "(sentry_msg_monitor?); trying again every {RetryEvery}"
    )]
    public static partial void SecondReader(ILogger log, string path, TimeSpan retryEvery);

    [LoggerMessage(
        EventName = "source.sole_reader",
        Level = LogLevel.Information,
        Message = "{Path} can be read again"
    )]
    public static partial void SoleReader(ILogger log, string path);

    [LoggerMessage(
        EventName = "source.fifo_made",
        Level = LogLevel.Information,
        Message = "Made the FIFO {Path} (mode 0600)"
    )]
    public static partial void FifoMade(ILogger log, string path);

    [LoggerMessage(
        EventName = "source.ack_path_missing",
        Level = LogLevel.Warning,
        Message = "There is no {Path}, and it cannot be made: {Reason}; answers will fail until it is there"
    )]
    public static partial void AckPathMissing(ILogger log, string path, string reason);

    [LoggerMessage(
        EventName = "source.version_unknown",
        Level = LogLevel.Warning,
        Message = "The driver of {Path} does not say its version: {Reason}; going on"
    )]
    public static partial void VersionUnknown(ILogger log, string path, string reason);

    [LoggerMessage(
        EventName = "source.version_differs",
        Level = LogLevel.Warning,
        Message = "The driver of {Path} speaks version {Version}, this program {Known}; going on"
    )]
    public static partial void VersionDiffers(ILogger log, string path, DriverVersion version, DriverVersion known);

    [LoggerMessage(
        EventName = "source.record_refused",
        Level = LogLevel.Warning,
        Message = "Not a device record, from {Path}: {Reason}; begins with {Head}; {Count} for this reason so far"
    )]
    public static partial void RecordRefused(ILogger log, string path, string reason, string head, long count);

    [LoggerMessage(
        EventName = "source.record_lost",
        Level = LogLevel.Error,
        Message = "The driver of {Path} lost a record on the way to user space (EFAULT)"
    )]
    public static partial void RecordLost(ILogger log, string path);

    [LoggerMessage(
        EventName = "source.kind_off",
        Level = LogLevel.Information,
        Message = "A record of kind {Kind} came from {Path} and is not raised: the kind is off. Said once"
    )]
    public static partial void KindOff(ILogger log, EventKind kind, string path);

    [LoggerMessage(
        EventName = "source.shared_msgid",
        Level = LogLevel.Warning,
        Message = "{Report} from {Path} now names another address: it is not answered, "
            + "for the answer might release another node"
    )]
    public static partial void SharedMsgid(ILogger log, ReportId report, string path);

    [LoggerMessage(
        EventName = "source.not_released",
        Level = LogLevel.Warning,
        Message = "{Report} was not answered at {Path}, {Outcome}: {Reason}"
    )]
    public static partial void NotReleased(
        ILogger log,
        ReportId report,
        string path,
        ReleaseOutcome outcome,
        string reason
    );

    [LoggerMessage(
        EventName = "source.message_refused",
        Level = LogLevel.Warning,
        Message = "A kernel's message from {From} is not taken: {Why} ({Count} so far)"
    )]
    public static partial void MessageRefused(ILogger log, Eid from, string why, long count);

    [LoggerMessage(
        EventName = "source.failed",
        Level = LogLevel.Critical,
        Message = "Reading from {Path} failed for a reason that it should not have; opening it again in {RetryEvery}"
    )]
    public static partial void Failed(ILogger log, string path, TimeSpan retryEvery, Exception error);

    [LoggerMessage(
        EventName = "source.stuck",
        Level = LogLevel.Error,
        Message = "The threads of {Path} did not end in time; they are left behind"
    )]
    public static partial void Stuck(ILogger log, string path);
}
