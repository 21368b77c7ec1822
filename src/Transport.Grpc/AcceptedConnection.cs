using System.Diagnostics.CodeAnalysis;
using ClusterRas.Wire.V1;
using Grpc.Core;
using Status = Grpc.Core.Status;

namespace ClusterRas.Transport.Grpc;

/// <summary>A connection that the peer has dialled: two calls under way on the server.</summary>
[SuppressMessage("Reliability", "CA1001", Justification = "As its base: the source holds neither timer nor handle.")]
internal sealed class AcceptedConnection(
    ulong number,
    IServerStreamWriter<LinkFrame> frames,
    ServerCallContext frameCall
) : LinkConnection(isDialled: false, number, frames)
{
    private static readonly TimeSpan RetireWithin = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource reading = new();
    private readonly TaskCompletionSource<bool> admitted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock bulkGate = new();
    private ServerCallContext? bulkCall;
    private TaskCompletionSource? bulkEnded;
    private bool isBulkOver;
    private volatile bool isRetired;

    /// <summary>Whether the link has taken it; the dialler's bulk stream may come before that is known.</summary>
    public Task<bool> Admitted => admitted.Task;

    public void NoteAdmitted(bool isIn) => admitted.TrySetResult(isIn);

    /// <summary>Reads until the end, and takes the connection from the link. Runs inside the call.</summary>
    public async Task RunAsync(GrpcLink link, IAsyncStreamReader<LinkFrame> reader)
    {
        var aborting = Ending.UnsafeRegister(static self => ((AcceptedConnection)self!).Cut(), this);
        try
        {
            await ReadFramesAsync(link, reader, reading.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Ending.IsCancellationRequested)
        {
            // The sink was asked to let go.
        }
        finally
        {
            Stop("the peer has ended it");
            await reading.CancelAsync().ConfigureAwait(false);
            await EndCallsAsync().ConfigureAwait(false);
            await aborting.DisposeAsync().ConfigureAwait(false);
            link.Remove(this);
            NoteEnded();
        }

        if (isRetired)
        {
            frameCall.Status = new Status(StatusCode.Aborted, Reason);
        }
        else if (Ending.IsCancellationRequested)
        {
            // The call may end before it is cut, and must not look as if the link had been closed.
            frameCall.Status = new Status(StatusCode.Unavailable, Reason);
        }
    }

    /// <summary>The second stream of the connection. Runs inside its call.</summary>
    /// <returns>False: there is one already, or the connection is over.</returns>
    public async Task<bool> RunBulkAsync(
        GrpcLink link,
        IAsyncStreamReader<BulkChunk> reader,
        IServerStreamWriter<BulkChunk> writer,
        ServerCallContext call
    )
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (bulkGate)
        {
            if (isBulkOver || bulkEnded is not null || !TryAttachBulk(writer))
            {
                return false;
            }

            bulkEnded = done;
            bulkCall = call;
        }

        try
        {
            await ReadBulkAsync(link, reader, reading.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (Ending.IsCancellationRequested)
        {
            // The sink was asked to let go.
        }
        finally
        {
            Stop("the bulk stream has ended");
            await BulkWrite.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            lock (bulkGate)
            {
                bulkCall = null;
            }

            done.SetResult();
        }

        return true;
    }

    public override async Task RetireAsync(string reason)
    {
        isRetired = true;
        Stop(reason);
        await Task.WhenAny(WhenWrittenAsync(), Task.Delay(RetireWithin)).ConfigureAwait(false);
        await reading.CancelAsync().ConfigureAwait(false);
        if (await Task.WhenAny(Ended, Task.Delay(RetireWithin)).ConfigureAwait(false) != Ended)
        {
            // The sink still has a frame in hand.
            Abort(reason);
        }
    }

    /// <summary>Once a response is complete nobody may be writing to it, and no context may be used.</summary>
    private async Task EndCallsAsync()
    {
        var written = WhenWrittenAsync();
        if (!written.IsCompleted)
        {
            Cut();
            await written.ConfigureAwait(false);
        }

        Task? other;
        lock (bulkGate)
        {
            isBulkOver = true;
            other = bulkEnded?.Task;
        }

        if (other is not null)
        {
            await other.ConfigureAwait(false);
        }
    }

    private void Cut()
    {
        reading.Cancel();
        frameCall.GetHttpContext().Abort();
        lock (bulkGate)
        {
            bulkCall?.GetHttpContext().Abort();
        }
    }
}
