using ClusterRas.Fabric;
using ClusterRas.Protocol;
using Microsoft.Extensions.Logging;

namespace ClusterRas.Transport.Uvb;

/// <summary>The log lines of windows and sessions; what becomes of links is said by the core.</summary>
internal static partial class UvbLog
{
    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "uvb.port.open",
        Message = "UVB: CNA {Cna} is open through {Library}; simulated"
    )]
    public static partial void PortOpen(this ILogger log, Cna cna, string library);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "uvb.port.none",
        Message = "UVB of CNA {Cna} is not used: {Reason}. Other wires carry its links; it is looked for again."
    )]
    public static partial void PortNone(this ILogger log, Cna cna, string reason);

    [LoggerMessage(
        Level = LogLevel.Debug,
        EventName = "uvb.session.open",
        Message = "Link {Link}: session {Tag} with {PeerTag} is open"
    )]
    public static partial void SessionOpen(this ILogger log, LinkId link, uint tag, uint peerTag);

    [LoggerMessage(
        Level = LogLevel.Debug,
        EventName = "uvb.session.end",
        Message = "Link {Link}: session {Tag} has ended; {Reason}"
    )]
    public static partial void SessionEnd(this ILogger log, LinkId link, uint tag, string reason);

    [LoggerMessage(
        Level = LogLevel.Debug,
        EventName = "uvb.attempt.failed",
        Message = "Link {Link}: no session ({Loss}); {Reason}"
    )]
    public static partial void AttemptFailed(this ILogger log, LinkId link, LinkLoss loss, string reason);

    [LoggerMessage(Level = LogLevel.Debug, EventName = "uvb.link.closing", Message = "Link {Link} is closed: {Reason}")]
    public static partial void LinkClosing(this ILogger log, LinkId link, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "uvb.stranger",
        Message = "UVB of CNA {Cna}: {Reason} from CNA {From}; {Count} such calls so far"
    )]
    public static partial void Stranger(this ILogger log, Cna cna, string reason, Cna from, long count);
}
