using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ClusterRas.Node.Sources;

/// <summary>The dozen calls of the C library that sources need, for x86-64 and aarch64 Linux.</summary>
/// <remarks>
/// <c>open</c>, <c>ioctl</c> and <c>fcntl</c> are variadic in C. On both machines integers and pointers are passed to
/// such a function in the same registers as to any other, so they may be declared with the arguments used here.
/// </remarks>
internal static unsafe partial class LibC
{
    public const int ReadWrite = 0x2;
    public const int WriteOnly = 0x1;
    public const int NoControllingTerminal = 0x100;
    public const int Append = 0x400;
    public const int NonBlocking = 0x800;
    public const int CloseOnExec = 0x80000;

    private const string Library = "libc";
    private const int PipeSizeGet = 1032;
    private const int OwnerOnly = 0x180; // 0600
    private const short PollError = 0x8;

    /// <summary>The text of the last error, with its number.</summary>
    public static string Describe(int errno) => $"{Marshal.GetPInvokeErrorMessage(errno)} ({errno})";

    /// <summary>Opens an existing file.</summary>
    /// <returns>Null: not opened, for the reason in <paramref name="errno"/>.</returns>
    public static SafeFileHandle? Open(string path, int flags, out int errno)
    {
        var descriptor = open(path, flags);
        errno = descriptor < 0 ? Marshal.GetLastPInvokeError() : Errno.None;
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>One read(2), which may block.</summary>
    /// <returns>Bytes read; -1: see <paramref name="errno"/>.</returns>
    public static int Read(SafeFileHandle file, Span<byte> into, out int errno)
    {
        fixed (byte* buffer = into)
        {
            var count = read(file, buffer, (nuint)into.Length);
            errno = count < 0 ? Marshal.GetLastPInvokeError() : Errno.None;
            return (int)count;
        }
    }

    /// <summary>One write(2).</summary>
    /// <returns>Bytes written; -1: see <paramref name="errno"/>.</returns>
    public static int Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, out int errno)
    {
        fixed (byte* buffer = bytes)
        {
            var count = write(file, buffer, (nuint)bytes.Length);
            errno = count < 0 ? Marshal.GetLastPInvokeError() : Errno.None;
            return (int)count;
        }
    }

    /// <summary>A request of a driver with a buffer that it reads or fills.</summary>
    /// <returns>The error, <see cref="Errno.None"/> if it was done.</returns>
    public static int Control(SafeFileHandle file, uint request, Span<byte> argument)
    {
        fixed (byte* buffer = argument)
        {
            return ioctl(file, request, buffer) < 0 ? Marshal.GetLastPInvokeError() : Errno.None;
        }
    }

    /// <summary>Makes a FIFO that only its owner may open.</summary>
    /// <returns>The error, <see cref="Errno.None"/> if it was made.</returns>
    public static int MakeFifo(string path) => mkfifo(path, OwnerOnly) < 0 ? Marshal.GetLastPInvokeError() : Errno.None;

    /// <summary>How many bytes a pipe can hold; 64 KiB, the kernel's own default, where it does not say.</summary>
    public static int PipeCapacity(SafeFileHandle pipe)
    {
        var capacity = fcntl(pipe, PipeSizeGet, 0);
        return capacity > 0 ? capacity : 65536;
    }

    /// <summary>True for the writing end of a pipe that nobody has open for reading.</summary>
    public static bool HasNoReader(SafeFileHandle pipe)
    {
        var asked = new PollEntry { Descriptor = (int)pipe.DangerousGetHandle() };
        return poll(&asked, 1, 0) > 0 && (asked.Returned & PollError) != 0;
    }

    /// <summary>What a path leads to. Source: struct statx; unlike struct stat it is alike on all machines.</summary>
    /// <returns>Null: see <paramref name="errno"/>.</returns>
    public static FileIdentity? Identify(string path, out int errno) => Identify(-100, path, 0, out errno);

    /// <summary>What a descriptor is open on.</summary>
    public static FileIdentity? Identify(SafeFileHandle file, out int errno) =>
        Identify((int)file.DangerousGetHandle(), "", 0x1000, out errno);

    /// <summary>The kernel's number of the calling thread.</summary>
    [LibraryImport(Library, EntryPoint = "gettid")]
    public static partial int ThreadNumber();

    /// <summary>Sends a signal to one thread of this process.</summary>
    [LibraryImport(Library, EntryPoint = "tgkill", SetLastError = true)]
    public static partial int SignalThread(int process, int thread, int signal);

    /// <summary>Has a signal handled by a native function, and system calls that it meets end with EINTR.</summary>
    /// <returns>The error, <see cref="Errno.None"/> if it was done.</returns>
    public static int HandleSignal(int signal, nint handler)
    {
        // No SA_RESTART: that the call ends is the point. No mask, no SA_SIGINFO.
        var action = new SignalAction { Handler = handler };
        return sigaction(signal, &action, null) < 0 ? Marshal.GetLastPInvokeError() : Errno.None;
    }

    private static FileIdentity? Identify(int folder, string path, int flags, out int errno)
    {
        const uint typeAndInode = 0x1 | 0x100;
        FileStatus status = default;
        if (statx(folder, path, flags, typeAndInode, &status) < 0)
        {
            errno = Marshal.GetLastPInvokeError();
            return null;
        }

        errno = Errno.None;
        return new FileIdentity(
            (FileType)(status.Mode >> 12),
            status.Inode,
            ((ulong)status.DeviceMajor << 32) | status.DeviceMinor
        );
    }

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint read(SafeFileHandle file, byte* buffer, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial nint write(SafeFileHandle file, byte* buffer, nuint length);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int ioctl(SafeFileHandle file, nuint request, byte* argument);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int fcntl(SafeFileHandle file, int command, nint argument);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mkfifo(string path, uint mode);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int poll(PollEntry* entries, nuint count, int timeoutMs);

    [LibraryImport(Library, SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int statx(int folder, string path, int flags, uint mask, FileStatus* status);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int sigaction(int signal, SignalAction* action, SignalAction* former);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Returned;
    }

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct FileStatus
    {
        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }

    // The C library's struct, not the kernel's: the handler, a mask of 1024 bits, the flags, and a restorer that the
    // library fills in by itself. The same on both machines.
    [StructLayout(LayoutKind.Explicit, Size = 152)]
    private struct SignalAction
    {
        [FieldOffset(0)]
        public nint Handler;
    }
}
