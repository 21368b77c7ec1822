using Microsoft.Win32.SafeHandles;

namespace ClusterRas.Node.Sources.Tests;

/// <summary>The far end of a FIFO of answers.</summary>
internal sealed class PipeReader : IDisposable
{
    private readonly SafeFileHandle file;

    public PipeReader(string path)
    {
        const int readOnly = LibC.NonBlocking | LibC.CloseOnExec;
        file = LibC.Open(path, readOnly, out var errno).ShouldNotBeNull(LibC.Describe(errno));
    }

    /// <summary>Nothing to read now.</summary>
    public bool IsEmpty => LibC.Read(file, new byte[88], out _) <= 0;

    /// <summary>The next 88 bytes, when they are there.</summary>
    public byte[] Read()
    {
        var bytes = new byte[88];
        Eventually.True(() => LibC.Read(file, bytes, out _) == bytes.Length, "no answer came");
        return bytes;
    }

    public void Dispose() => file.Dispose();
}
