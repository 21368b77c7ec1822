using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ClusterRas.Beds;

/// <summary>The system calls that .NET has no words for.</summary>
public static partial class Posix
{
    private const int SignalTerminate = 15;
    private const int SignalContinue = 18;
    private const int SignalStop = 19;
    private const uint OwnerOnly = 0b110_000_000;

    /// <summary>Makes a named pipe that only its owner may use.</summary>
    public static void MakeFifo(string path)
    {
        if (MkFifo(path, OwnerOnly) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"cannot make the pipe {path}");
        }
    }

    /// <summary>Asks a process to stop. One that is gone already is no error.</summary>
    public static void Terminate(int pid) => _ = Kill(pid, SignalTerminate);

    /// <summary>Stops a process in its tracks, or lets it go on. One that is gone is no error.</summary>
    public static void SetPaused(int pid, bool isPaused) => _ = Kill(pid, isPaused ? SignalStop : SignalContinue);

    [LibraryImport("libc", EntryPoint = "mkfifo", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkFifo(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
