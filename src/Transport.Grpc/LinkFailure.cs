using System.Net.Sockets;
using Grpc.Core;

namespace ClusterRas.Transport.Grpc;

/// <summary>How ends of connections look as exceptions.</summary>
internal static class LinkFailure
{
    /// <summary>True for what a lost, cut or closed connection throws; anything else is a mistake of ours.</summary>
    public static bool IsLoss(Exception failure) =>
        failure
            is RpcException
                or OperationCanceledException
                or IOException
                or SocketException
                or HttpRequestException
                or InvalidOperationException;

    /// <summary>What the peer said, or what the socket did.</summary>
    public static string TextOf(Exception failure) =>
        failure is RpcException { Status.Detail: { Length: > 0 } detail } ? detail : failure.Message;
}
