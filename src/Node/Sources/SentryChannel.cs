using ClusterRas.Protocol;
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;

namespace ClusterRas.Node.Sources;

/// <summary>What came of writing an answer.</summary>
/// <param name="Reason">For logs; empty where all is well.</param>
internal readonly record struct AckResult(ReleaseOutcome Outcome, string Reason);

/// <summary>One opening of the place where device records come from.</summary>
internal abstract class SentryChannel : IDisposable
{
    /// <summary>For logs: what it is.</summary>
    public abstract string Kind { get; }

    /// <summary>A kernel stands behind it: a record is shown again until it is acked, and once after.</summary>
    public abstract bool KeepsCopies { get; }

    /// <summary>Blocks until there is something, or the thread is kicked.</summary>
    /// <param name="bytes">What was read; valid until the next call.</param>
    /// <returns>The error of read(2), <see cref="Errno.None"/> if there is none.</returns>
    public abstract int Read(out ReadOnlySpan<byte> bytes);

    /// <summary>Writes an answer of 88 bytes; never blocks.</summary>
    public abstract AckResult Ack(byte[] ack);

    /// <summary>Asked after each kick: the path now leads to something else, or to nothing.</summary>
    public abstract bool IsReplaced();

    /// <summary>Asked from time to time, between two answers.</summary>
    public virtual void Tidy() { }

    /// <inheritdoc />
    public abstract void Dispose();

    /// <summary>Opens a device or FIFO; makes the FIFO where nothing is.</summary>
    /// <param name="openAsDevice">For tests without hardware: takes a FIFO for the driver.</param>
    /// <returns>Null: not now, for the reason in <paramref name="refusal"/>.</returns>
    public static SentryChannel? Open(string path, bool openAsDevice, ILogger log, out string refusal)
    {
        if (!TryPrepare(path, log, out refusal))
        {
            return null;
        }

        // Read and write: a FIFO then never ends, as one of its writers is this process.
        const int flags = LibC.ReadWrite | LibC.NoControllingTerminal | LibC.CloseOnExec;
        var file = LibC.Open(path, flags, out var errno);
        if (file is null)
        {
            refusal = $"open: {LibC.Describe(errno)}";
            return null;
        }

        var channel = Over(file, path, openAsDevice, log, ref refusal);
        if (channel is null)
        {
            file.Dispose();
        }

        return channel;
    }

    private static SentryChannel? Over(
        SafeFileHandle file,
        string path,
        bool openAsDevice,
        ILogger log,
        ref string refusal
    )
    {
        if (LibC.Identify(file, out var errno) is not { } identity)
        {
            refusal = $"statx: {LibC.Describe(errno)}";
            return null;
        }

        switch (identity.Type)
        {
            case FileType.CharacterDevice:
            case FileType.Fifo when openAsDevice:
                var version = DriverVersion.Ask(file, out errno);
                if (version is not { } known)
                {
                    SourceLog.VersionUnknown(log, path, LibC.Describe(errno));
                }
                else if (!known.IsServed)
                {
                    refusal =
                        $"its driver speaks version {known}, and only {DriverVersion.Known.Major}.x is understood";
                    return null;
                }
                else if (known != DriverVersion.Known)
                {
                    SourceLog.VersionDiffers(log, path, known, DriverVersion.Known);
                }

                return new DriverChannel(file);
            case FileType.Fifo:
                return new FifoChannel(file, path, identity);
            default:
                refusal = $"it is neither a character device nor a FIFO ({identity.Type})";
                return null;
        }
    }

    private static bool TryPrepare(string path, ILogger log, out string refusal)
    {
        refusal = "";
        if (LibC.Identify(path, out var errno) is not { } identity)
        {
            // What is missing in /dev is a driver that is not loaded (yet); a FIFO there would only hide that.
            if (errno != Errno.NoEntry || IsOfDevices(path))
            {
                refusal = LibC.Describe(errno);
                return false;
            }

            errno = MakeFifo(path, log);
            if (errno != Errno.None)
            {
                refusal = $"mkfifo: {LibC.Describe(errno)}";
                return false;
            }
        }
        else if (identity.Type != FileType.Fifo)
        {
            return true;
        }

        var acks = FifoAcks.PathOf(path);
        if (LibC.Identify(acks, out _) is null && MakeFifo(acks, log) is not Errno.None and var why)
        {
            SourceLog.AckPathMissing(log, acks, LibC.Describe(why));
        }

        return true;
    }

    private static int MakeFifo(string path, ILogger log)
    {
        var errno = LibC.MakeFifo(path);
        if (errno == Errno.None)
        {
            SourceLog.FifoMade(log, path);
        }

        // Somebody else was quicker: as good.
        return errno == Errno.Exists ? Errno.None : errno;
    }

    private static bool IsOfDevices(string path)
    {
        var full = Path.GetFullPath(path);
        return full.StartsWith("/dev/", StringComparison.Ordinal)
            && !full.StartsWith("/dev/shm/", StringComparison.Ordinal);
    }
}
