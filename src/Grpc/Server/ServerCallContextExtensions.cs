using Grpc.AspNetCore.Server;
using Microsoft.AspNetCore.Http;

namespace Grpc.Core;

/// <summary>From a call to the HTTP request below it.</summary>
public static class ServerCallContextExtensions
{
    /// <summary>The HTTP request: connection, client certificate, user.</summary>
    /// <exception cref="InvalidOperationException">The context is a test double.</exception>
    public static HttpContext GetHttpContext(this ServerCallContext serverCallContext) =>
        serverCallContext is ServerCall call
            ? call.Http
            : throw new InvalidOperationException("This call has no HTTP request.");
}
