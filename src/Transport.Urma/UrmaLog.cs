using ClusterRas.Fabric;
using ClusterRas.Protocol;
using Microsoft.Extensions.Logging;

namespace ClusterRas.Transport.Urma;

/// <summary>The log lines of ports and sessions; what becomes of links is said by the core.</summary>
internal static partial class UrmaLog
{
    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "urma.port.open",
        Message = "URMA on {Die}: jetty {Jetty} of eid {Eid} is open through {Library}"
    )]
    public static partial void PortOpen(this ILogger log, Die die, JettyId jetty, Eid eid, string library);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "urma.port.none",
        Message = "URMA on {Die} is not used: {Reason}. Other wires carry its links; it is looked for again."
    )]
    public static partial void PortNone(this ILogger log, Die die, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "urma.port.lost",
        Message = "URMA on {Die}: the device is lost: {Reason}"
    )]
    public static partial void PortLost(this ILogger log, Die die, string reason);

    [LoggerMessage(
        Level = LogLevel.Debug,
        EventName = "urma.session.open",
        Message = "Link {Link}: session {Tag} with {PeerTag} is open"
    )]
    public static partial void SessionOpen(this ILogger log, LinkId link, uint tag, uint peerTag);

    [LoggerMessage(
        Level = LogLevel.Debug,
        EventName = "urma.session.end",
        Message = "Link {Link}: session {Tag} has ended; {Reason}"
    )]
    public static partial void SessionEnd(this ILogger log, LinkId link, uint tag, string reason);

    [LoggerMessage(
        Level = LogLevel.Debug,
        EventName = "urma.attempt.failed",
        Message = "Link {Link}: no session ({Loss}); {Reason}"
    )]
    public static partial void AttemptFailed(this ILogger log, LinkId link, LinkLoss loss, string reason);

    [LoggerMessage(
        Level = LogLevel.Debug,
        EventName = "urma.link.closing",
        Message = "Link {Link} is closed: {Reason}"
    )]
    public static partial void LinkClosing(this ILogger log, LinkId link, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "urma.stranger",
        Message = "URMA on {Die}: {Reason} from eid {Eid}, jetty {Jetty}; {Count} such messages so far"
    )]
    public static partial void Stranger(this ILogger log, Die die, string reason, Eid eid, uint jetty, long count);
}
