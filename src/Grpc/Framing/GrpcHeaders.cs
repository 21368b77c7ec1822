using Grpc.Core;

namespace Grpc.Framing;

/// <summary>The names that gRPC gives to headers. Source: PROTOCOL-HTTP2 of the gRPC project.</summary>
internal static class GrpcHeaders
{
    public const string ContentType = "application/grpc";
    public const string Status = "grpc-status";
    public const string Message = "grpc-message";
    public const string Timeout = "grpc-timeout";
    public const string Encoding = "grpc-encoding";
    public const string AcceptEncoding = "grpc-accept-encoding";

    /// <summary>The only encoding that is understood: none.</summary>
    public const string Identity = "identity";

    /// <summary>application/grpc, alone or followed by "+subtype" or ";parameter".</summary>
    public static bool IsGrpc(string? contentType) =>
        contentType is not null
        && contentType.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase)
        && (contentType.Length == ContentType.Length || contentType[ContentType.Length] is '+' or ';');

    /// <summary>True for what belongs to HTTP and gRPC themselves and is no metadata.</summary>
    public static bool IsReserved(string name) =>
        name.StartsWith(':')
        || name.ToLowerInvariant()
            is Status
                or Message
                or Timeout
                or Encoding
                or AcceptEncoding
                or "content-type"
                or "content-length"
                or "te"
                or "host"
                or "connection";

    /// <summary>The code in a grpc-status header; Unknown for text that is no code.</summary>
    public static StatusCode ParseStatus(string text) =>
        int.TryParse(text, out var code) && code is >= 0 and <= (int)StatusCode.Unauthenticated
            ? (StatusCode)code
            : StatusCode.Unknown;
}
