using System.Diagnostics;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport;

namespace ClusterRas.WireBench;

/// <summary>Two nodes of one process on one wire: #0 asks, #1 sends back what it gets.</summary>
internal sealed class Ends(ITransport near, ITransport far) : IAsyncDisposable
{
    private const int Frames = 20_000;

    private readonly NearSink atNear = new();
    private readonly FarSink atFar = new(far);

    private LinkId Link => new(new NodeId(1), new Die(0), near.Kind);

    public async Task StartAsync()
    {
        await far.StartAsync(atFar, CancellationToken.None);
        await near.StartAsync(atNear, CancellationToken.None);
        await atNear.IsOpen;
    }

    public double[] RoundTrips(Frame frame)
    {
        atFar.IsEchoing = true;
        return Meter.RoundTrips(() =>
        {
            while (near.Send(Link, frame) != SendOutcome.Queued)
            {
                Thread.Yield();
            }

            atNear.Back.WaitOne();
        });
    }

    /// <summary>As fast as they are taken, in one direction; frames of a full queue must differ, or one is dropped for the other.</summary>
    public double FramesASecond(Func<int, Frame> make)
    {
        var frames = Enumerable.Range(0, 2 * LinkQueue.FramesMaxDefault).Select(make).ToArray();
        atFar.IsEchoing = false;
        var before = atFar.Received;
        var from = Stopwatch.GetTimestamp();
        for (var sent = 0; sent < Frames; )
        {
            if (near.Send(Link, frames[sent % frames.Length]) == SendOutcome.Queued)
            {
                sent++;
            }
            else
            {
                // Not asked again and again: that would hold the queue's lock against who empties it.
                atFar.WaitFor(before + sent - (LinkQueue.FramesMaxDefault / 2));
            }
        }

        atFar.WaitFor(before + Frames);
        return Frames / Stopwatch.GetElapsedTime(from).TotalSeconds;
    }

    public async ValueTask DisposeAsync()
    {
        await near.DisposeAsync();
        await far.DisposeAsync();
    }

    private sealed class NearSink : ITransportSink
    {
        private readonly TaskCompletionSource open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task IsOpen => open.Task;

        public AutoResetEvent Back { get; } = new(false);

        public void Opened(LinkId link) => open.TrySetResult();

        public void Closed(LinkId link, LinkLoss loss) { }

        public ValueTask ArrivedAsync(LinkId link, Frame frame, CancellationToken stop)
        {
            Back.Set();
            return ValueTask.CompletedTask;
        }

        public void Dropped(LinkId link, string reason) => throw new InvalidOperationException(reason);
    }

    private sealed class FarSink(ITransport far) : ITransportSink
    {
        private readonly object gate = new();
        private int received;

        public volatile bool IsEchoing;

        public int Received => Volatile.Read(ref received);

        public void WaitFor(int count)
        {
            lock (gate)
            {
                while (received < count)
                {
                    Monitor.Wait(gate);
                }
            }
        }

        public void Opened(LinkId link) { }

        public void Closed(LinkId link, LinkLoss loss) { }

        public ValueTask ArrivedAsync(LinkId link, Frame frame, CancellationToken stop)
        {
            if (IsEchoing)
            {
                far.Send(link, frame);
            }

            lock (gate)
            {
                received++;
                Monitor.PulseAll(gate);
            }

            return ValueTask.CompletedTask;
        }

        public void Dropped(LinkId link, string reason) => throw new InvalidOperationException(reason);
    }
}
