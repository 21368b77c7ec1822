using System.Net.Sockets;
using ClusterRas.Ctl.Text;
using Grpc.Core;

namespace ClusterRas.Ctl.Asking;

/// <summary>Failed calls in short words.</summary>
internal static class FailureWords
{
    /// <summary>Connected or not, nothing was said.</summary>
    public const string NoAnswer = "no answer";

    /// <summary>What was found: <c>connection refused</c>, or what the node said.</summary>
    public static string Of(RpcException failure)
    {
        for (var at = failure.Status.DebugException; at is not null; at = at.InnerException)
        {
            if (at is SocketException socket)
            {
                return Of(socket.SocketErrorCode);
            }
        }

        return failure.StatusCode switch
        {
            StatusCode.DeadlineExceeded => NoAnswer,
            StatusCode.Unimplemented => "it does not know this call; its version is another one",
            _ when failure.Status.Detail.Length > 0 => Printable.Of(failure.Status.Detail),
            _ => failure.StatusCode.ToString(),
        };
    }

    /// <summary>True: the connection failed, not the cluster; another node may do better.</summary>
    public static bool IsOfConnection(RpcException failure) =>
        failure.Status.DebugException is not null
        || failure.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled;

    private static string Of(SocketError code) =>
        code switch
        {
            SocketError.ConnectionRefused => "connection refused",
            SocketError.ConnectionReset => "connection reset",
            SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData => "no such host",
            SocketError.HostUnreachable or SocketError.NetworkUnreachable => "no route",
            SocketError.TimedOut => NoAnswer,
            _ => $"socket error {code}",
        };
}
