using System.Net.Sockets;

namespace ClusterRas.Transport.Grpc;

/// <summary>What both ends of a link set on their sockets.</summary>
internal static class SocketTimeouts
{
    // Linux, netinet/tcp.h and tcp(7).
    private const int IpProtoTcp = 6;
    private const int TcpUserTimeout = 18;

    /// <summary>Bytes that nobody has acknowledged for so long mean that the connection is dead. In ms.</summary>
    private const int UnacknowledgedMsMax = 3000;

    public static void Set(Socket socket)
    {
        socket.NoDelay = true;
        if (OperatingSystem.IsLinux())
        {
            socket.SetRawSocketOption(IpProtoTcp, TcpUserTimeout, BitConverter.GetBytes(UnacknowledgedMsMax));
        }
    }
}
