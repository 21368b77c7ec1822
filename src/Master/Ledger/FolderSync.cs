using System.Runtime.InteropServices;

namespace ClusterRas.Master;

/// <summary>Makes names in a folder durable: a file's own fsync does not cover the entry that names it.</summary>
internal static partial class FolderSync
{
    // Linux: O_RDONLY | O_DIRECTORY is not the same number on every architecture; reading a folder needs neither.
    private const int ReadOnly = 0;

    /// <summary>Fsyncs the folder. Throws an <see cref="IOException"/> whose HResult is the errno.</summary>
    internal static void Flush(string folder)
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

    private static IOException Error(string folder)
    {
        var errno = Marshal.GetLastPInvokeError();
        return new IOException($"{folder}: {Marshal.GetPInvokeErrorMessage(errno)}", errno);
    }

    // Variadic in C; without O_CREAT the third argument is not read.
    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
