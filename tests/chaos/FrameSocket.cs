using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ClusterRas.Chaos;

/// <summary>All frames that come in at one port of our network namespace, and a way out at it.</summary>
/// <remarks>
/// Each frame has before it what the kernel knows of it (PACKET_VNET_HDR): that its checksum is still to be made, that it is to be cut into
/// packets. Nodes hand over such frames, longer than any packet, and given back as they came they go on as if nobody had stood between.
/// </remarks>
internal sealed partial class FrameSocket
{
    /// <summary>What the kernel says of a frame: struct virtio_net_hdr.</summary>
    public const int HeaderLength = 10;

    /// <summary>The longest that one can be: a header, Ethernet, and 64 KiB that are still to be cut.</summary>
    public const int FrameLengthMax = HeaderLength + 14 + 65_536;

    private const int PacketFamily = 17;
    private const int Raw = 3;
    private const int CloseOnExec = 0x80000;
    private const int PacketLevel = 263;
    private const int WithHeader = 15; // PACKET_VNET_HDR
    private const int Statistics = 6; // PACKET_STATISTICS
    private const int IgnoreOutgoing = 23; // PACKET_IGNORE_OUTGOING: else we would hear ourselves
    private const int SocketLevel = 1;
    private const int SendBuffer = 7; // SO_SNDBUF
    private const int ReceiveBuffer = 8; // SO_RCVBUF
    private const int BufferBytes = 4 << 20; // or as much as this kernel gives, for it gives no more by force in a namespace
    private const ushort AllProtocols = 0x0300; // ETH_P_ALL in network order
    private const int DoNotWait = 0x40;
    private const int WouldBlock = 11;
    private const int Interrupted = 4;
    private const int NetworkDown = 100;
    private const short Readable = 1;

    private readonly int socket;

    /// <summary>Opens it at a port, which may have a cable or none.</summary>
    public FrameSocket(string port)
    {
        // Nothing comes in before it is bound, so nothing of other ports does.
        socket = Check(Open(PacketFamily, Raw | CloseOnExec, 0), "a packet socket");
        Set(PacketLevel, IgnoreOutgoing, 1);
        Set(PacketLevel, WithHeader, 1);
        var size = BufferBytes;
        _ = SetOption(socket, SocketLevel, ReceiveBuffer, ref size, sizeof(int));
        _ = SetOption(socket, SocketLevel, SendBuffer, ref size, sizeof(int));
        var index = (int)IndexOf(port);
        _ = Check(index == 0 ? -1 : 0, $"the port {port}");
        var address = new LinkAddress
        {
            Family = PacketFamily,
            Protocol = AllProtocols,
            Port = index,
        };
        _ = Check(Bind(socket, ref address, Marshal.SizeOf<LinkAddress>()), $"the frames of {port}");
    }

    /// <summary>The next frame with its header.</summary>
    /// <returns>Its length; 0: none waits just now.</returns>
    public int Receive(Span<byte> buffer)
    {
        while (true)
        {
            var length = (int)Receive(socket, buffer, (nuint)buffer.Length, DoNotWait);
            switch (length < 0 ? Marshal.GetLastPInvokeError() : 0)
            {
                case 0:
                    return length;
                case WouldBlock:
                    return 0;
                // Told once when the cable is pulled.
                case Interrupted or NetworkDown:
                    continue;
                default:
                    throw new Win32Exception(Marshal.GetLastPInvokeError(), "cannot receive a frame");
            }
        }
    }

    /// <summary>Frames since the last call that the kernel could not keep until we received them.</summary>
    public long TakeMissed()
    {
        var counts = default(Counts);
        var length = Marshal.SizeOf<Counts>();
        _ = Check(GetOption(socket, PacketLevel, Statistics, ref counts, ref length), "the count of frames");
        return counts.Missed;
    }

    /// <summary>Sends a frame with its header.</summary>
    /// <returns>False: the kernel did not take it. Where the cable is pulled it is lost, as it would be there.</returns>
    public bool TrySend(ReadOnlySpan<byte> frame)
    {
        nint sent;
        do
        {
            sent = Send(socket, frame, (nuint)frame.Length, 0);
        } while (sent < 0 && Marshal.GetLastPInvokeError() == Interrupted);

        return sent == frame.Length || (sent < 0 && Marshal.GetLastPInvokeError() == NetworkDown);
    }

    /// <summary>Waits until a frame waits at one of both, or the time is over.</summary>
    public static void Wait(FrameSocket one, FrameSocket other, int milliseconds)
    {
        Span<PollEntry> entries = [new PollEntry(one.socket, Readable, 0), new PollEntry(other.socket, Readable, 0)];
        _ = Poll(entries, (nuint)entries.Length, milliseconds);
    }

    private void Set(int level, int name, int value) =>
        _ = Check(SetOption(socket, level, name, ref value, sizeof(int)), "a packet socket as wanted");

    private static int Check(int result, string what) =>
        result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"cannot have {what}");

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Open(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(int socket, int level, int name, ref int value, int length);

    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    private static partial int GetOption(int socket, int level, int name, ref Counts value, ref int length);

    [LibraryImport(
        "libc",
        EntryPoint = "if_nametoindex",
        SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8
    )]
    private static partial uint IndexOf(string port);

    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    private static partial int Bind(int socket, ref LinkAddress address, int length);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int socket, Span<byte> buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int socket, ReadOnlySpan<byte> buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(Span<PollEntry> entries, nuint count, int milliseconds);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct PollEntry(int Socket, short Wanted, short Seen);

    /// <summary>struct tpacket_stats.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Counts
    {
        public uint Received;
        public uint Missed;
    }

    /// <summary>struct sockaddr_ll.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct LinkAddress
    {
        public ushort Family;
        public ushort Protocol;
        public int Port;
        public ushort HardwareType;
        public byte PacketType;
        public byte AddressLength;
        public ulong Address;
    }
}
