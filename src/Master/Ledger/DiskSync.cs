using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace ClusterRas.Master;

/// <summary>Fsync that tells when it fails.</summary>
/// <remarks>.NET's own (RandomAccess.FlushToDisk, FileStream.Flush(true)) returns as if nothing had happened, whatever
/// the errno: seen in 10.0 with strace -e inject=fsync:error=EIO. It also cannot open folders, and a file's own fsync
/// does not cover the entry that names it.</remarks>
internal static partial class DiskSync
{
    private const int ReadOnly = 0;

    /// <summary>Makes the file's content and length durable. Not its times: those alone would cost a journal
    /// commit.</summary>
    /// <exception cref="IOException">It is not known what is on disk. Carries no errno on purpose: whatever it was, a
    /// failed fsync is never tried again (B7).</exception>
    internal static void Flush(SafeFileHandle file, string path)
    {
        if (Fdatasync(file) != 0)
        {
            throw Error(path);
        }
    }

    /// <summary>Makes the names in a folder durable.</summary>
    /// <exception cref="IOException">As for a file.</exception>
    internal static void FlushFolder(string folder)
    {
        var descriptor = Open(folder, ReadOnly);
        if (descriptor < 0)
        {
            throw Error(folder);
        }

        try
        {
            if (Fsync(descriptor) != 0)
            {
                throw Error(folder);
            }
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    private static IOException Error(string path) =>
        new($"fsync of {path} failed: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}");

    // Variadic in C; without O_CREAT the third argument is not read.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int Fdatasync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
