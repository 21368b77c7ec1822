using System.Net;
using System.Net.Sockets;
using Grpc.Core;

namespace Grpc.Framing;

/// <summary>What HTTP says, as a gRPC status. Source: PROTOCOL-HTTP2 and http-grpc-status-mapping of the gRPC project.</summary>
internal static class HttpFailure
{
    public static StatusCode FromHttp(HttpStatusCode code) =>
        code switch
        {
            HttpStatusCode.BadRequest => StatusCode.Internal,
            HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
            HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
            HttpStatusCode.NotFound => StatusCode.Unimplemented,
            HttpStatusCode.TooManyRequests
            or HttpStatusCode.BadGateway
            or HttpStatusCode.ServiceUnavailable
            or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
            _ => StatusCode.Unknown,
        };

    /// <summary>The status behind an exception of the HTTP client.</summary>
    public static Status FromException(Exception failure)
    {
        for (var at = failure; at is not null; at = at.InnerException)
        {
            switch (at)
            {
                case RpcException rpc:
                    return rpc.Status;
                case HttpProtocolException reset:
                    return new Status(FromReset(reset.ErrorCode), Text(failure), failure);
                case SocketException:
                    return new Status(StatusCode.Unavailable, Text(failure), failure);
                case HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse }:
                    return new Status(StatusCode.Internal, Text(failure), failure);
            }
        }

        // What is left is a connection that could not be made or kept: TLS, DNS, a peer that hung up.
        var code = failure is HttpRequestException or IOException ? StatusCode.Unavailable : StatusCode.Internal;
        return new Status(code, Text(failure), failure);
    }

    private static StatusCode FromReset(long errorCode) =>
        errorCode switch
        {
            0x7 => StatusCode.Unavailable, // REFUSED_STREAM
            0x8 => StatusCode.Cancelled, // CANCEL
            0xb => StatusCode.ResourceExhausted, // ENHANCE_YOUR_CALM
            0xc => StatusCode.PermissionDenied, // INADEQUATE_SECURITY
            _ => StatusCode.Internal,
        };

    private static string Text(Exception failure) =>
        failure.InnerException is { } inner && !failure.Message.Contains(inner.Message, StringComparison.Ordinal)
            ? $"{failure.Message} {inner.Message}"
            : failure.Message;
}
