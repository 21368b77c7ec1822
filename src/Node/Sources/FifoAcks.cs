using ClusterRas.Protocol;
using Microsoft.Win32.SafeHandles;

namespace ClusterRas.Node.Sources;

/// <summary>Where answers to a FIFO's records go: a FIFO with a waiter at its end, or a file that grows.</summary>
/// <remarks>
/// The FIFO stays open from the first answer until its last reader has gone, so that a reader sees one stream of
/// answers and no end after each. Then it is closed, and answers that nobody has read are gone with the reader.
/// </remarks>
internal sealed class FifoAcks(string path) : IDisposable
{
    private SafeFileHandle? open;

    /// <summary>The sibling of a FIFO of records.</summary>
    public static string PathOf(string records) => records + ".ack";

    /// <summary>Writes one answer whole or not at all.</summary>
    public AckResult Write(byte[] ack)
    {
        var wasOpen = open is not null;
        var result = TryWrite(ack, out var isUnread);
        return wasOpen && isUnread ? TryWrite(ack, out _) : result;
    }

    /// <summary>The last reader has gone: the next one must not get what was meant for it.</summary>
    public void CloseIfUnread()
    {
        if (open is not null && LibC.HasNoReader(open))
        {
            Dispose();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        open?.Dispose();
        open = null;
    }

    private AckResult TryWrite(byte[] ack, out bool isUnread)
    {
        isUnread = false;
        if (open is null)
        {
            // Without O_NONBLOCK a FIFO without a reader would hold this thread until one comes.
            const int flags =
                LibC.WriteOnly | LibC.NonBlocking | LibC.Append | LibC.NoControllingTerminal | LibC.CloseOnExec;
            open = LibC.Open(path, flags, out var why);
            if (open is null)
            {
                return why == Errno.NoSuchDeviceOrAddress ? Gone() : Failed($"open {path}: {LibC.Describe(why)}");
            }
        }

        var count = LibC.Write(open, ack, out var errno);
        isUnread = errno == Errno.BrokenPipe;
        if (errno == Errno.TryAgain)
        {
            return Failed($"{path} is full: its reader does not read");
        }

        // A file is opened anew for each answer, as it may be moved away or emptied; a FIFO that failed likewise.
        if (errno != Errno.None || LibC.Identify(open, out _) is not { Type: FileType.Fifo })
        {
            Dispose();
        }

        if (isUnread)
        {
            return Gone();
        }

        if (errno != Errno.None)
        {
            return Failed($"write {path}: {LibC.Describe(errno)}");
        }

        // To a FIFO 88 bytes are written whole or not at all; a full disk can cut them.
        return count == ack.Length
            ? new AckResult(ReleaseOutcome.Acked, "")
            : Failed($"{path} took {count} bytes of {ack.Length}");
    }

    private AckResult Gone() => Failed($"the waiter has gone: nobody has {path} open for reading");

    private static AckResult Failed(string reason) => new(ReleaseOutcome.Failed, reason);
}
