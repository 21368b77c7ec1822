using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ClusterRas.Beds;

/// <summary>All TCP segments with content that enter the switch, or all that leave it, with the kernel's own time of each.</summary>
internal sealed partial class PacketSocket
{
    private const int PacketFamily = 17;
    private const int Raw = 3;
    private const int CloseOnExec = 0x80000;
    private const ushort AllProtocols = 0x0300; // ETH_P_ALL in network order
    private const int SocketLevel = 1;
    private const int AttachFilter = 26;
    private const int ReceiveBuffer = 33; // SO_RCVBUFFORCE may be forbidden: then the default must do
    private const ulong LastStamp = 0x8907; // SIOCGSTAMPNS
    private const int Interrupted = 4;

    // Of what is forwarded the kernel shows a copy that comes and one that goes (PACKET_OUTGOING). Then IPv6, TCP, more than a header: the first 1,600 bytes.
    private static BpfStep[] FilterFor(bool isLeaving) =>
        [
            new(0x30, 0, 0, 0xfffff004),
            isLeaving ? new(0x15, 0, 7, 4) : new(0x15, 7, 0, 4),
            new(0x28, 0, 0, 12),
            new(0x15, 0, 5, 0x86dd),
            new(0x30, 0, 0, 20),
            new(0x15, 0, 3, 6),
            new(0x28, 0, 0, 18),
            new(0x25, 0, 1, 32),
            new(0x06, 0, 0, 1600),
            new(0x06, 0, 0, 0),
        ];

    private readonly int socket;

    /// <summary>Opens it for all ports of the network namespace that we are in.</summary>
    /// <param name="isLeaving">What was let through, and not what comes.</param>
    public PacketSocket(bool isLeaving)
    {
        socket = Check(Open(PacketFamily, Raw | CloseOnExec, AllProtocols), "a packet socket");
        var size = 8 << 20;
        _ = SetOption(socket, SocketLevel, ReceiveBuffer, ref size, sizeof(int));
        var filter = FilterFor(isLeaving);
        unsafe
        {
            fixed (BpfStep* steps = filter)
            {
                var program = new BpfProgram { Count = (ushort)filter.Length, Steps = (nint)steps };
                _ = Check(
                    SetFilter(socket, SocketLevel, AttachFilter, ref program, Marshal.SizeOf<BpfProgram>()),
                    "a filter"
                );
            }
        }
    }

    /// <summary>The next one.</summary>
    /// <param name="buffer">Gets the frame.</param>
    /// <param name="at">When it entered, on <see cref="Stopwatch"/>'s clock.</param>
    /// <returns>Its length there.</returns>
    public int Receive(Span<byte> buffer, out long at)
    {
        while (true)
        {
            var length = (int)Receive(socket, buffer, (nuint)buffer.Length, 0);
            if (length < 0 && Marshal.GetLastPInvokeError() == Interrupted)
            {
                continue;
            }

            _ = Check(length, "a packet");
            at = Stopwatch.GetTimestamp();
            if (Control(socket, LastStamp, out var stamp) == 0)
            {
                // The stamp is wall clock; its age is not.
                var age =
                    DateTime.UtcNow
                    - DateTime.UnixEpoch
                    - TimeSpan.FromTicks((stamp.Seconds * TimeSpan.TicksPerSecond) + (stamp.Nanoseconds / 100));
                at -= Math.Max(0, (long)(age.TotalSeconds * Stopwatch.Frequency));
            }

            return length;
        }
    }

    private static int Check(int result, string what) =>
        result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"cannot have {what}");

    [LibraryImport("libc", EntryPoint = "socket", SetLastError = true)]
    private static partial int Open(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetOption(int socket, int level, int name, ref int value, int length);

    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    private static partial int SetFilter(int socket, int level, int name, ref BpfProgram value, int length);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Receive(int socket, Span<byte> buffer, nuint length, int flags);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int Control(int socket, ulong request, out TimeStamp stamp);

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct BpfStep(ushort Code, byte IfTrue, byte IfFalse, uint Value);

    [StructLayout(LayoutKind.Sequential)]
    private struct BpfProgram
    {
        public ushort Count;
        public nint Steps;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeStamp
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
