using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ClusterRas.Daemon.Tests;

/// <summary>The system calls that .NET has no words for.</summary>
internal static partial class Posix
{
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Freeze = 19;
    private const uint OwnerOnly = 0b110_000_000;

    public static void MakeFifo(string path)
    {
        if (MkFifo(path, OwnerOnly) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"cannot make the pipe {path}");
        }
    }

    /// <summary>To a process that has gone already it is no error.</summary>
    public static void Signal(int process, int signal) => _ = Kill(process, signal);

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkFifo(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
