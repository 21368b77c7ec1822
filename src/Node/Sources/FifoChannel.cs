using Microsoft.Win32.SafeHandles;

namespace ClusterRas.Node.Sources;

/// <summary>A FIFO in the driver's place; answers go to its sibling (<see cref="FifoAcks"/>).</summary>
internal sealed class FifoChannel : SentryChannel
{
    private readonly SafeFileHandle fifo;
    private readonly string path;
    private readonly FileIdentity identity;
    private readonly FifoAcks acks;
    private readonly byte[] buffer;

    public FifoChannel(SafeFileHandle fifo, string path, FileIdentity identity)
    {
        this.fifo = fifo;
        this.path = path;
        this.identity = identity;
        acks = new FifoAcks(FifoAcks.PathOf(path));

        // All that the pipe can hold, so that no read ends in the middle of a record.
        buffer = new byte[LibC.PipeCapacity(fifo)];
    }

    /// <inheritdoc />
    public override bool KeepsCopies => false;

    /// <inheritdoc />
    public override string Kind => "FIFO";

    /// <inheritdoc />
    public override int Read(out ReadOnlySpan<byte> bytes)
    {
        var count = LibC.Read(fifo, buffer, out var errno);
        bytes = buffer.AsSpan(0, Math.Max(count, 0));
        return errno;
    }

    /// <inheritdoc />
    public override AckResult Ack(byte[] ack) => acks.Write(ack);

    /// <summary>The FIFO was removed or made anew: what is written to its name would not come here.</summary>
    public override bool IsReplaced() => LibC.Identify(path, out _) != identity;

    /// <inheritdoc />
    public override void Tidy() => acks.CloseIfUnread();

    /// <inheritdoc />
    public override void Dispose()
    {
        acks.Dispose();
        fifo.Dispose();
    }
}
