using ClusterRas.Fabric;
using ClusterRas.Protocol;
using Microsoft.Extensions.Logging;

namespace ClusterRas.Transport.Grpc;

/// <summary>The log lines of connections; what becomes of links is said by the core.</summary>
internal static partial class LinkLog
{
    [LoggerMessage(
        Level = LogLevel.Debug,
        EventName = "connection.open",
        Message = "Link {Link}: connection {Number} is open, dialled here: {IsDialled}"
    )]
    public static partial void ConnectionOpen(this ILogger log, LinkId link, ulong number, bool isDialled);

    [LoggerMessage(
        Level = LogLevel.Debug,
        EventName = "connection.end",
        Message = "Link {Link}: connection {Number} has ended, dialled here: {IsDialled}; {Reason}"
    )]
    public static partial void ConnectionEnd(
        this ILogger log,
        LinkId link,
        ulong number,
        bool isDialled,
        string reason
    );

    [LoggerMessage(
        Level = LogLevel.Information,
        EventName = "link.attempt",
        Message = "Link {Link}: no connection ({Loss}): {Reason}"
    )]
    public static partial void AttemptFailed(this ILogger log, LinkId link, LinkLoss loss, string reason);

    [LoggerMessage(
        Level = LogLevel.Warning,
        EventName = "stream.refused",
        Message = "A stream from {Peer} is refused: {Reason}"
    )]
    public static partial void StreamRefused(this ILogger log, string peer, string reason);
}
