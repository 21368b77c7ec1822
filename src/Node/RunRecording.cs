using System.Threading.Channels;
using ClusterRas.Protocol;
using ClusterRas.Transport.Recording;

namespace ClusterRas.Node;

/// <summary>Keeps what the core was given and a digest of what it decided, for <c>./x replay</c>. The loop hands over references and never
/// waits; coding and writing are done beside it.</summary>
/// <remarks>A recording with a gap is of no use. So it ends for good where it cannot go on: the file has its full size, or the disk takes no more
/// or is too slow. The daemon goes on without it.</remarks>
internal sealed class RunRecording : IAsyncDisposable
{
    /// <summary>Largest file: 1 GiB and the step that passes it.</summary>
    public const long FileBytesMax = 1L << 30;

    /// <summary>Steps that may wait for the disk: some ten seconds of a busy node.</summary>
    private const int WaitingMax = 16_384;

    private const int BufferBytes = 256 * 1024;
    private const string Stopped = "stopped";
    private const string FullSize = "the file has its full size";

    private readonly Channel<Taken> waiting = Channel.CreateBounded<Taken>(
        new BoundedChannelOptions(WaitingMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait }
    );
    private readonly ILogger log;
    private readonly Stream file;
    private readonly string path;
    private readonly RunRecorder recorder;
    private readonly long fileBytesMax;
    private readonly Task writing;
    private string? ending;

    /// <summary>Begins a recording in a new file.</summary>
    /// <param name="fileBytesMax">At so many bytes it ends.</param>
    /// <exception cref="IOException">There is such a file already, or it cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">As before.</exception>
    public RunRecording(string path, RunStart start, ILogger log, long fileBytesMax = FileBytesMax)
        : this(Create(path), path, start, log, fileBytesMax) { }

    /// <summary>Begins a recording in an open file, which it closes.</summary>
    internal RunRecording(Stream file, string path, RunStart start, ILogger log, long fileBytesMax)
    {
        (this.file, this.path, this.log, this.fileBytesMax) = (file, path, log, fileBytesMax);
        recorder = new RunRecorder(file, start);
        writing = Task.Run(WriteAsync);
    }

    private static FileStream Create(string path)
    {
        var create = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            Share = FileShare.Read,
            BufferSize = BufferBytes,
        };
        if (!OperatingSystem.IsWindows())
        {
            // Last words are in it, as they were said.
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, create);
    }

    /// <summary>One step; on the loop's thread.</summary>
    /// <param name="effects">Copied.</param>
    /// <param name="thrown">What it threw: it broke a rule and was the last; null: nothing.</param>
    public void Note(
        Instant now,
        Input input,
        bool isFollowed,
        List<Effect> effects,
        Instant nextWake,
        Exception? thrown
    )
    {
        if (
            ending is null
            && !waiting.Writer.TryWrite(new Taken(now, input, isFollowed, [.. effects], nextWake, thrown))
        )
        {
            End("the disk is too slow");
        }
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        End(Stopped);
        await writing.ConfigureAwait(false);
        recorder.Dispose();
        try
        {
            await file.DisposeAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // It writes what it still buffers, and a disk that took no more takes no more now: that was said when it ended.
        }
    }

    // Whoever is first says why.
    private void End(string reason)
    {
        _ = Interlocked.CompareExchange(ref ending, reason, null);
        waiting.Writer.TryComplete();
    }

    private async Task WriteAsync()
    {
        try
        {
            if (!await WriteStepsAsync().ConfigureAwait(false))
            {
                // Also where a stop came meanwhile: steps that waited are left out.
                ending = FullSize;
                waiting.Writer.TryComplete();
            }

            recorder.End(ending ?? Stopped);
            await file.FlushAsync().ConfigureAwait(false);
        }
#pragma warning disable CA1031 // Whatever is wrong with the recording must not end the daemon.
        catch (Exception trouble)
#pragma warning restore CA1031
        {
            // Also where a stop came meanwhile, as above.
            ending = trouble.Message;
            waiting.Writer.TryComplete();
        }

        if (ending is { } reason and not Stopped)
        {
            log.RecordingEnded(path, reason);
        }
    }

    /// <returns>False: the file has its full size.</returns>
    private async Task<bool> WriteStepsAsync()
    {
        while (await waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            while (waiting.Reader.TryRead(out var step))
            {
                if (step.Thrown is { } thrown)
                {
                    recorder.Threw(step.Now, step.Input, step.IsFollowed, thrown);
                }
                else
                {
                    recorder.Step(step.Now, step.Input, step.IsFollowed, step.Effects, step.NextWake);
                }

                if (recorder.BytesWritten >= fileBytesMax)
                {
                    return false;
                }
            }

            // So that a kill costs only what waits.
            await file.FlushAsync().ConfigureAwait(false);
        }

        return true;
    }

    private sealed record Taken(
        Instant Now,
        Input Input,
        bool IsFollowed,
        Effect[] Effects,
        Instant NextWake,
        Exception? Thrown
    );
}
