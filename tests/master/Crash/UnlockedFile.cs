using System.ComponentModel;
using System.Runtime.InteropServices;

namespace ClusterRas.Master.Tests.Crash;

/// <summary>Reads a file that the ledger has locked: .NET would want a lock of its own for each opening.</summary>
internal static partial class UnlockedFile
{
    private const int ReadOnly = 0;

    /// <summary>What is there; shorter or empty where the file ends or is absent.</summary>
    public static byte[] Read(string path, long offset, int length)
    {
        var descriptor = Open(path, ReadOnly);
        if (descriptor < 0)
        {
            return [];
        }

        var bytes = new byte[length];
        var got = (int)Read(descriptor, bytes, length, offset);
        var error = Marshal.GetLastPInvokeError();
        _ = Close(descriptor);
        return got >= 0 ? bytes[..got] : throw new Win32Exception(error);
    }

    // Variadic in C; without O_CREAT the third argument is not read.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    private static partial nint Read(int descriptor, [Out] byte[] bytes, nint length, long offset);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
