using Microsoft.Extensions.Logging;

namespace Grpc.AspNetCore.Server;

internal static partial class ServerLog
{
    [LoggerMessage(
        Level = LogLevel.Error,
        EventName = "grpc.handler-failed",
        Message = "The handler of {Method} failed"
    )]
    public static partial void HandlerFailed(this ILogger log, Exception failure, string method);
}
