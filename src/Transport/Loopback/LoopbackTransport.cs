using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport;

/// <summary>The smallest transport: encoded frames through the memory of one process. Read this one first.</summary>
public sealed class LoopbackTransport : ITransport
{
    private readonly LoopbackNetwork network;
    private readonly NodeId self;
    private readonly LinkId[] links;
    private readonly Func<Instant> clock;
    private readonly TimeSpan redialEvery;
    private readonly CancellationTokenSource ending = new();

    // Held while the sink is told, so that "opened" and "closed" of a link cannot overtake each other.
    private readonly Lock telling = new();
    private readonly Dictionary<LinkId, LoopbackConnection> connections = [];
    private readonly Dictionary<LinkId, LinkLoss> losses = [];

    private readonly Lock holding = new();
    private readonly List<LoopbackConnection> held = [];
    private bool isEnding;

    private CancellationTokenRegistration stopping;
    private ITransportSink? sink;
    private Task dialling = Task.CompletedTask;

    /// <summary>A transport that is not started yet.</summary>
    /// <param name="links">All links of this node; one whose peer is the node itself leads back to it.</param>
    /// <param name="clock">This node's clock.</param>
    /// <param name="redialEvery">Pause after a failed attempt or a lost connection.</param>
    /// <param name="queueFramesMax">See <see cref="LinkQueue"/>.</param>
    public LoopbackTransport(
        LoopbackNetwork network,
        NodeId self,
        TransportKind kind,
        IEnumerable<LinkId> links,
        Func<Instant> clock,
        TimeSpan redialEvery,
        int queueFramesMax = LinkQueue.FramesMaxDefault
    )
    {
        this.network = network;
        this.self = self;
        this.links = [.. links];
        this.clock = clock;
        this.redialEvery = redialEvery;
        Kind = kind;
        QueueFramesMax = queueFramesMax;
    }

    /// <inheritdoc />
    public TransportKind Kind { get; }

    internal int QueueFramesMax { get; }

    internal Instant Now => clock();

    private ITransportSink Sink => sink ?? throw new InvalidOperationException("not started");

    /// <inheritdoc />
    public Task StartAsync(ITransportSink sink, CancellationToken stop)
    {
        this.sink = sink;
        network.Join(self, this);
        dialling = Task.WhenAll(links.Select(link => Task.Run(() => DialAsync(link), CancellationToken.None)));
        stopping = stop.Register(Stop);
        return Task.CompletedTask;
    }

    /// <inheritdoc />
    public SendOutcome Send(LinkId link, Frame frame) =>
        Find(link) is { } connection ? connection.Send(new LoopbackEnd(this, link), frame) : SendOutcome.LinkDown;

    /// <inheritdoc />
    public void Relink(LinkId link)
    {
        if (Find(link) is not null)
        {
            network.Road(self, link.Peer, link.Die).Replace();
        }
    }

    /// <inheritdoc />
    public void Close(LinkId link, string reason) => Find(link)?.Finish(new LoopbackEnd(this, link));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await stopping.DisposeAsync().ConfigureAwait(false);
        Stop();
        await dialling.ConfigureAwait(false);
        Task[] left;
        lock (holding)
        {
            left = [.. held.Select(connection => connection.Ended)];
        }

        await Task.WhenAll(left).ConfigureAwait(false);
    }

    /// <summary>Takes part in a connection, and ends it before its own end.</summary>
    /// <returns>False: it is ending already.</returns>
    internal bool TryHold(LoopbackConnection connection)
    {
        lock (holding)
        {
            held.RemoveAll(one => one.Ended.IsCompletedSuccessfully);
            if (!isEnding)
            {
                held.Add(connection);
            }

            return !isEnding;
        }
    }

    /// <summary>Takes no part in a connection after all.</summary>
    internal void Drop(LoopbackConnection connection)
    {
        lock (holding)
        {
            held.Remove(connection);
        }
    }

    internal void NoteOpened(LinkId link, LoopbackConnection connection)
    {
        lock (telling)
        {
            var isOpen = connections.ContainsKey(link);
            connections[link] = connection;
            losses.Remove(link);
            if (!isOpen)
            {
                Sink.Opened(link);
            }
        }
    }

    internal void NoteEnded(LinkId link, LoopbackConnection connection, bool isByPeer)
    {
        lock (telling)
        {
            var isPresent = connections.GetValueOrDefault(link) == connection;
            if (isPresent && (isEnding || !connection.Replaced.IsCompleted))
            {
                if (isByPeer)
                {
                    Sink.ClosedByPeer(link);
                }

                Lose(link, LinkLoss.Closed);
            }
        }
    }

    internal ValueTask NoteArrivedAsync(LinkId link, Frame frame, CancellationToken stop) =>
        Sink.ArrivedAsync(link, frame, stop);

    internal void NoteDropped(LinkId link, string reason) => Sink.Dropped(link, reason);

    private LoopbackConnection? Find(LinkId link)
    {
        lock (telling)
        {
            return connections.GetValueOrDefault(link);
        }
    }

    private void NoteFailed(LinkId link, LinkLoss loss)
    {
        lock (telling)
        {
            // Somebody else's attempt may have succeeded meanwhile; and nobody wants the same failure at every attempt.
            var isOpen = connections.TryGetValue(link, out var connection) && !connection.IsOver;
            if (!isOpen && (connection is not null || !losses.TryGetValue(link, out var last) || last != loss))
            {
                Lose(link, loss);
            }
        }
    }

    private void Lose(LinkId link, LinkLoss loss)
    {
        connections.Remove(link);
        losses[link] = loss;
        Sink.Closed(link, loss);
    }

    private void Stop()
    {
        LoopbackConnection[] left;
        lock (holding)
        {
            isEnding = true;
            left = [.. held];
        }

        ending.Cancel();
        network.Leave(self, this);
        foreach (var connection in left)
        {
            connection.Break();
        }
    }

    private async Task DialAsync(LinkId link)
    {
        var road = network.Road(self, link.Peer, link.Die);
        var here = new LoopbackEnd(this, link);
        while (!ending.IsCancellationRequested)
        {
            if (network.Find(link.Peer) is not { } peer)
            {
                NoteFailed(link, LinkLoss.Refused);
            }
            else if (
                road.Dial(here, new LoopbackEnd(peer, new LinkId(self, link.Die, link.Transport))) is { } connection
            )
            {
                await Task.WhenAny(connection.Ended, connection.Replaced).ConfigureAwait(false);
                if (connection.Replaced.IsCompleted)
                {
                    continue;
                }
            }
            else
            {
                NoteFailed(link, LinkLoss.Unreachable);
            }

            await PauseAsync().ConfigureAwait(false);
        }
    }

    private async Task PauseAsync()
    {
        try
        {
            await Task.Delay(redialEvery, ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The loop looks for itself.
        }
    }
}
