using System.Diagnostics.CodeAnalysis;
using ClusterRas.Wire.V1;
using Grpc.Core;

namespace ClusterRas.Transport.Grpc;

/// <summary>One connection of a link, whoever dialled it: a stream of frames, and one for bulk.</summary>
[SuppressMessage(
    "Reliability",
    "CA1001",
    Justification = "Whoever aborts it may come after its end; the sources hold neither timers nor handles."
)]
internal abstract class LinkConnection(bool isDialled, ulong number, IAsyncStreamWriter<LinkFrame> frames)
{
    private readonly Lock gate = new();
    private readonly CancellationTokenSource ending = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource proven = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<IAsyncStreamWriter<BulkChunk>?> bulk = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private Task frameWrite = Task.CompletedTask;
    private Task bulkWrite = Task.CompletedTask;
    private bool hasSent;
    private bool hasReceived;
    private volatile bool isOver;

    public bool IsDialled => isDialled;

    public ulong Number => number;

    /// <summary>Nothing more is written to it.</summary>
    public bool IsOver => isOver;

    /// <summary>Cancelled when it is aborted.</summary>
    public CancellationToken Ending => ending.Token;

    /// <summary>Why it ended; for the log.</summary>
    public string Reason { get; private set; } = "";

    /// <summary>The peer has let it end well: its stream of frames ended, or its status says so.</summary>
    public bool IsEndedWell { get; private set; }

    /// <summary>It has ended, and the link knows.</summary>
    public Task Ended => ended.Task;

    /// <summary>It has carried frames both ways.</summary>
    public Task Proven => proven.Task;

    /// <summary>The write under way, or the last one.</summary>
    public Task FrameWrite
    {
        get
        {
            lock (gate)
            {
                return frameWrite;
            }
        }
    }

    protected Task BulkWrite
    {
        get
        {
            lock (gate)
            {
                return bulkWrite;
            }
        }
    }

    /// <summary>Writes one frame; for one caller at a time.</summary>
    /// <returns>False: it is over, and this frame may or may not have got through.</returns>
    public async ValueTask<bool> WriteAsync(LinkFrame frame)
    {
        Task write;
        lock (gate)
        {
            if (isOver)
            {
                return false;
            }

            frameWrite = write = frames.WriteAsync(frame);
        }

        if (!await SucceedsAsync(write).ConfigureAwait(false))
        {
            return false;
        }

        hasSent = true;
        NoteProof();
        return true;
    }

    /// <summary>Writes one piece, when the bulk stream is there; for one caller at a time.</summary>
    /// <returns>As <see cref="WriteAsync"/>.</returns>
    public async ValueTask<bool> WriteBulkAsync(BulkChunk chunk)
    {
        if (await bulk.Task.ConfigureAwait(false) is not { } writer)
        {
            return false;
        }

        Task write;
        lock (gate)
        {
            if (isOver)
            {
                return false;
            }

            bulkWrite = write = writer.WriteAsync(chunk);
        }

        return await SucceedsAsync(write).ConfigureAwait(false);
    }

    /// <summary>Ends at once; what is under way is lost.</summary>
    public void Abort(string reason)
    {
        Stop(reason);
        // Callbacks of the token end calls, which must not happen under whatever lock the caller holds.
        _ = ending.CancelAsync();
    }

    /// <summary>Writes nothing more, and ends when the peer has had what was written, or after a second.</summary>
    public abstract Task RetireAsync(string reason);

    /// <returns>False: there is one already, or the connection is over.</returns>
    protected bool TryAttachBulk(IAsyncStreamWriter<BulkChunk> writer) => bulk.TrySetResult(writer);

    protected void Stop(string reason)
    {
        lock (gate)
        {
            if (!isOver)
            {
                Reason = reason;
                isOver = true;
            }
        }

        bulk.TrySetResult(null);
    }

    /// <summary>No write is under way; call after <see cref="Stop"/>. Never fails.</summary>
    protected async Task WhenWrittenAsync()
    {
        await FrameWrite.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await BulkWrite.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Hands up what comes until the stream ends, well or not.</summary>
    protected async Task ReadFramesAsync(GrpcLink link, IAsyncStreamReader<LinkFrame> reader, CancellationToken stop)
    {
        while (await NextAsync(reader, isFrames: true, stop).ConfigureAwait(false))
        {
            var now = link.Now;
            var message = reader.Current;
            if (message.ContentCase != LinkFrame.ContentOneofCase.Frame)
            {
                link.Dropped($"{message.ContentCase} in place of a frame");
            }
            else if (FrameCodec.TryFromWire(message.Frame, now, out var frame, out var reason))
            {
                hasReceived = true;
                NoteProof();
                await link.ArrivedAsync(frame, Ending).ConfigureAwait(false);
            }
            else
            {
                link.Dropped(reason);
            }
        }
    }

    /// <summary>As <see cref="ReadFramesAsync"/>, for bulk.</summary>
    protected async Task ReadBulkAsync(GrpcLink link, IAsyncStreamReader<BulkChunk> reader, CancellationToken stop)
    {
        var assembly = new BulkAssembly();
        while (await NextAsync(reader, isFrames: false, stop).ConfigureAwait(false))
        {
            if (reader.Current.ContentCase != BulkChunk.ContentOneofCase.Piece)
            {
                link.Dropped($"{reader.Current.ContentCase} in place of a piece");
                continue;
            }

            assembly.Add(reader.Current.Piece, out var whole, out var refusal);
            if (whole is { } bytes)
            {
                if (FrameCodec.TryDecodeBulk(bytes.Span, link.Now, out var frame, out refusal))
                {
                    await link.BulkArrivedAsync(frame, Ending).ConfigureAwait(false);
                }
            }

            if (refusal is not null)
            {
                link.Dropped(refusal);
            }
        }
    }

    protected void NoteEnded() => ended.TrySetResult();

    private async Task<bool> NextAsync<T>(IAsyncStreamReader<T> reader, bool isFrames, CancellationToken stop)
    {
        try
        {
            var isNext = await reader.MoveNext(stop).ConfigureAwait(false);
            NoteEnd(isFrames && !isNext);
            return isNext;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // This end reads no more. That is no loss: an abort now could overtake the good end that the peer is to see.
            return false;
        }
        catch (Exception e) when (LinkFailure.IsLoss(e))
        {
            NoteEnd(isFrames && e is RpcException { StatusCode: StatusCode.Aborted });
            Abort(LinkFailure.TextOf(e));
            return false;
        }
    }

    // Set and never taken back: both streams end at about the same time, each read by a task of its own.
    private void NoteEnd(bool isWell)
    {
        if (isWell)
        {
            IsEndedWell = true;
        }
    }

    private async ValueTask<bool> SucceedsAsync(Task write)
    {
        try
        {
            await write.ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (LinkFailure.IsLoss(e))
        {
            Abort(LinkFailure.TextOf(e));
            return false;
        }
    }

    private void NoteProof()
    {
        if (hasSent && hasReceived)
        {
            proven.TrySetResult();
        }
    }
}
