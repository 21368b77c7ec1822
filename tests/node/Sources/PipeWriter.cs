using Microsoft.Win32.SafeHandles;

namespace ClusterRas.Node.Sources.Tests;

/// <summary>The near end of a FIFO of records: waits for the source to have it open.</summary>
internal sealed class PipeWriter : IDisposable
{
    private readonly SafeFileHandle file;

    public PipeWriter(string path)
    {
        SafeFileHandle? opened = null;
        const int flags = LibC.WriteOnly | LibC.NonBlocking | LibC.CloseOnExec;
        Eventually.True(() => (opened = LibC.Open(path, flags, out _)) is not null, $"nobody reads {path}");
        file = opened!;
    }

    public void Write(params ReadOnlySpan<byte> bytes) => LibC.Write(file, bytes, out _).ShouldBe(bytes.Length);

    public void Dispose() => file.Dispose();
}
