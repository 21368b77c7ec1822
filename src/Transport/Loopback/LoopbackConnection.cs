using System.Diagnostics.CodeAnalysis;
using ClusterRas.Protocol;

namespace ClusterRas.Transport;

/// <summary>Two queues, and pumps that carry encoded frames from one end's queue to the other end's sink.</summary>
[SuppressMessage(
    "Reliability",
    "CA1001",
    Justification = "Whoever breaks it may come after its end; the source holds nothing but a timer of a second."
)]
internal sealed class LoopbackConnection
{
    /// <summary>For what was queued before a close.</summary>
    private static readonly TimeSpan LingerMax = TimeSpan.FromSeconds(1);

    private const int Nobody = -1;

    private readonly LoopbackRoad road;
    private readonly LoopbackEnd[] ends;
    private readonly LinkQueue[] queues;
    private readonly Task<Task> run;
    private readonly CancellationTokenSource broken = new();
    private int closedBy = Nobody;
    private readonly TaskCompletionSource replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Between two nodes, or from a node to itself: then there is one end only, and one queue.</summary>
    public LoopbackConnection(LoopbackRoad road, LoopbackEnd here, LoopbackEnd there)
    {
        this.road = road;
        ends = here == there ? [here] : [here, there];
        queues = [.. ends.Select(end => new LinkQueue(end.Transport.QueueFramesMax))];
        run = new Task<Task>(RunAsync);
        Ended = run.Unwrap();
    }

    /// <summary>No frame is carried any more, and both ends have been told. Fails only if a sink has thrown.</summary>
    public Task Ended { get; }

    /// <summary>Another connection is to be made in its place.</summary>
    public Task Replaced => replaced.Task;

    /// <summary>It takes no more frames.</summary>
    public bool IsOver => Replaced.IsCompleted || Ended.IsCompleted;

    /// <summary>Once, when both ends hold it.</summary>
    public void Start() => run.Start(TaskScheduler.Default);

    public SendOutcome Send(LoopbackEnd from, Frame frame) => queues[IndexOf(from)].Enqueue(frame);

    /// <summary>Ends at once; what is queued is lost.</summary>
    public void Break()
    {
        CompleteAll();
        broken.Cancel();
    }

    /// <summary>Ends when what is queued has been carried, or after a second; the other end is told by whom.</summary>
    public void Finish(LoopbackEnd by)
    {
        Interlocked.CompareExchange(ref closedBy, IndexOf(by), Nobody);
        Finish();
    }

    private void Finish()
    {
        CompleteAll();
        broken.CancelAfter(LingerMax);
    }

    /// <summary>As <see cref="Finish()"/>, but the ends are not told.</summary>
    public void Replace()
    {
        replaced.TrySetResult();
        Finish();
    }

    private int IndexOf(LoopbackEnd end) => ends[0] == end ? 0 : 1;

    private void CompleteAll()
    {
        foreach (var queue in queues)
        {
            queue.Complete();
        }
    }

    private async Task RunAsync()
    {
        try
        {
            foreach (var end in ends)
            {
                end.Transport.NoteOpened(end.Link, this);
            }

            var pumps = new List<Task>();
            for (var from = 0; from < ends.Length; from++)
            {
                var to = ends.Length - 1 - from;
                pumps.Add(PumpAsync(from, to, isBulk: false));
                pumps.Add(PumpAsync(from, to, isBulk: true));
            }

            await Task.WhenAll(pumps).ConfigureAwait(false);
        }
        finally
        {
            foreach (var end in ends)
            {
                end.Transport.NoteEnded(
                    end.Link,
                    this,
                    isByPeer: Volatile.Read(ref closedBy) is not Nobody and var by && ends[by] != end
                );
            }
        }
    }

    private async Task PumpAsync(int from, int to, bool isBulk)
    {
        var stop = broken.Token;
        var queue = queues[from];
        try
        {
            while (await TakeAsync(queue, isBulk, stop).ConfigureAwait(false) is { } frame)
            {
                var bytes = FrameCodec.Encode(frame, ends[from].Transport.Now);
                if (bytes.Length > (isBulk ? CodecLimits.BulkBytesMax : CodecLimits.FrameBytesMax))
                {
                    ends[from].Transport.NoteDropped(ends[from].Link, $"frame of {bytes.Length} bytes");
                    continue;
                }

                await road.WhenHealedAsync(stop).ConfigureAwait(false);
                await ArriveAsync(ends[to], bytes, isBulk, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Broken: the frame in hand is lost, as on any wire.
        }
    }

    private static ValueTask<Frame?> TakeAsync(LinkQueue queue, bool isBulk, CancellationToken stop) =>
        isBulk ? queue.TakeBulkAsync(stop) : queue.TakeAsync(stop);

    private static async ValueTask ArriveAsync(LoopbackEnd end, byte[] bytes, bool isBulk, CancellationToken stop)
    {
        var now = end.Transport.Now;
        var isRead = isBulk
            ? FrameCodec.TryDecodeBulk(bytes, now, out var frame, out var reason)
            : FrameCodec.TryDecode(bytes, now, out frame, out reason);
        if (isRead && frame is not null)
        {
            await end.Transport.NoteArrivedAsync(end.Link, frame, stop).ConfigureAwait(false);
        }
        else
        {
            end.Transport.NoteDropped(end.Link, reason ?? "");
        }
    }
}
