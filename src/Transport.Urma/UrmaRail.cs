using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using ClusterRas.Fabric;
using ClusterRas.Sentry;
using ClusterRas.Transport.Urma.Native;

namespace ClusterRas.Transport.Urma;

/// <summary>One address of this node: finds its port, runs its links on it, and begins again when the device was lost.</summary>
[SuppressMessage(
    "Reliability",
    "CA1001",
    Justification = "Whoever ends it may come after its end; the sources hold no handle."
)]
internal sealed class UrmaRail(UrmaTransport transport, Die die, Eid local) : IUrmaPortOwner, INativeRail<UrmaLink>
{
    private const int BulkWindowMax = 8;
    private const int EventWindowMax = 64;
    private const int SpareSlots = 64;

    private readonly Lock gate = new();
    private readonly Dictionary<UrmaLink, CancellationTokenSource> runs = [];
    private readonly CancellationTokenSource leaving = new();
    private readonly TaskCompletionSource looked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile FrozenDictionary<Eid, UrmaLink> byPeer = FrozenDictionary<Eid, UrmaLink>.Empty;
    private volatile UrmaLink[] links = [];
    private PortUse? present;
    private CancellationTokenSource? lost;
    private string? lastReason;
    private bool isOutgrown;
    private long strangers;

    /// <summary>It listens, or has found that it cannot.</summary>
    public Task Looked => looked.Task;

    /// <summary>These links from now on. Those that are new begin, those that are missing end, the others are not touched.</summary>
    public void Follow(UrmaLink[] next)
    {
        lock (gate)
        {
            var before = links;
            links = next;
            byPeer = next.DistinctBy(link => link.Address.Peer).ToFrozenDictionary(link => link.Address.Peer);
            foreach (var gone in before.Except(next))
            {
                if (runs.TryGetValue(gone, out var run))
                {
                    _ = run.CancelAsync();
                }
                else
                {
                    gone.NoteGone();
                }
            }

            if (present is { } use)
            {
                isOutgrown = next.Length > use.PeersMax;
                if (isOutgrown)
                {
                    // The windows that have been promised are too large for so many: all begin anew, with smaller ones.
                    _ = lost?.CancelAsync();
                    return;
                }

                foreach (var link in next.Except(before))
                {
                    Begin(link, use);
                }
            }
        }
    }

    /// <summary>No link is left to it: the port is given back.</summary>
    public void Leave()
    {
        Follow([]);
        _ = leaving.CancelAsync();
    }

    /// <summary>Until the transport ends, or it is left.</summary>
    public async Task RunAsync(CancellationToken ending)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(ending, leaving.Token);
        var stop = stopping.Token;
        while (!stop.IsCancellationRequested)
        {
            using var gone = CancellationTokenSource.CreateLinkedTokenSource(stop);
            lost = gone;
            var isOpen = TryOpen(out var port, out var reason);
            looked.TrySetResult();
            if (isOpen && port is not null)
            {
                lastReason = null;
                await UseAsync(port, gone.Token).ConfigureAwait(false);
                reason = "the device was lost";
            }

            if (stop.IsCancellationRequested)
            {
                return;
            }

            if (HasOutgrown())
            {
                continue;
            }

            reason ??= "no reason was given";
            if (reason != lastReason)
            {
                transport.Log.PortNone(die, reason);
                lastReason = reason;
            }

            foreach (var link in links)
            {
                link.NoteNoPort(reason);
            }

            await Task.WhenAny(Task.Delay(transport.Options.LookAgainAfter, stop)).ConfigureAwait(false);
        }
    }

    public void Arrived(UrmaPort port, int slot, int length, Eid from, uint fromJetty)
    {
        var bytes = port.Received(slot, length);
        if (NodeMessageCodec.TryRead(bytes, out var message))
        {
            ThreadPool.UnsafeQueueUserWorkItem(
                static heard => heard.Rail.Hear(heard.From, heard.Message),
                (Rail: this, From: from, Message: message),
                preferLocal: false
            );
        }
        else if (!byPeer.TryGetValue(from, out var link))
        {
            NoteStranger("a message of nobody in the map", from, fromJetty);
        }
        else if (fromJetty != transport.Options.Jetty.Value)
        {
            NoteStranger("a message from another jetty than the map's", from, fromJetty);
        }
        else if (!Packet.TryRead(bytes, out var packet))
        {
            NoteStranger($"{length} bytes that no version of this program sends,", from, fromJetty);
        }
        else if (link.Take(port, packet, slot, length))
        {
            return;
        }

        port.Repost(slot);
    }

    public void Sent(UrmaPort port, object owner, uint tag, UrmaStatus status) =>
        ((UrmaLink)owner).NoteSent(tag, status);

    public void SlotsFree(UrmaPort port)
    {
        foreach (var link in links)
        {
            link.WakeSends();
        }
    }

    public void Tick(UrmaPort port)
    {
        foreach (var link in links)
        {
            link.Tick();
        }
    }

    public void Lost(UrmaPort port, string reason)
    {
        if (lost is { IsCancellationRequested: false } present)
        {
            transport.Log.PortLost(die, reason);
            _ = present.CancelAsync();
        }
    }

    private bool TryOpen([NotNullWhen(true)] out UrmaPort? port, [NotNullWhen(false)] out string? reason)
    {
        port = null;
        if (!UrmaLibrary.TryOpen(transport.Options.LibraryPath, out var library, out reason))
        {
            return false;
        }

        port = UrmaPort.TryOpen(
            library,
            this,
            die,
            local,
            transport.Options.Jetty,
            transport.Options.Slots,
            out reason
        );
        if (port is not null)
        {
            // One simulated rail is enough to say so of the wire.
            if (port.IsSimulated)
            {
                transport.IsSimulated = true;
            }

            transport.Log.PortOpen(die, transport.Options.Jetty, local, port.Through);
        }

        return port is not null;
    }

    // The windows of all peers together are never more than the buffers that are posted. There is room for some peers to come.
    private async Task UseAsync(UrmaPort port, CancellationToken stop)
    {
        var use = new PortUse(port, stop);
        lock (gate)
        {
            use.PeersMax = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)links.Length + 1);
            var share = Math.Max(2, (port.ReceiveSlots - SpareSlots) / use.PeersMax);
            use.BulkWindow = Math.Clamp(share / 4, 1, BulkWindowMax);
            use.EventWindow = Math.Clamp(share - use.BulkWindow, 1, EventWindowMax);
            present = use;
            foreach (var link in links)
            {
                Begin(link, use);
            }
        }

        await Task.WhenAny(Task.Delay(Timeout.Infinite, stop)).ConfigureAwait(false);
        lock (gate)
        {
            present = null;
        }

        try
        {
            await use.Running.WhenEndedAsync().ConfigureAwait(false);
        }
        finally
        {
            port.Dispose();
        }
    }

    private void Begin(UrmaLink link, PortUse use)
    {
        var stop = CancellationTokenSource.CreateLinkedTokenSource(use.Stop);
        runs.Add(link, stop);
        use.Running.Add(Task.Run(() => RunAsync(link, use, stop), CancellationToken.None));
    }

    private async Task RunAsync(UrmaLink link, PortUse use, CancellationTokenSource stop)
    {
        try
        {
            await link.RunAsync(use.Port, use.EventWindow, use.BulkWindow, stop.Token).ConfigureAwait(false);
        }
        finally
        {
            lock (gate)
            {
                runs.Remove(link);
                if (!links.Contains(link))
                {
                    link.NoteGone();
                }
            }
        }
    }

    private bool HasOutgrown()
    {
        lock (gate)
        {
            var had = isOutgrown;
            isOutgrown = false;
            return had;
        }
    }

    private void Hear(Eid from, NodeMessage message)
    {
        if (message.Type == NodeMessageType.Heartbeat && byPeer.TryGetValue(from, out var link))
        {
            link.SayAsKernel(NodeMessage.HeartbeatAck);
        }
        else
        {
            transport.NodeMessageHeard?.Invoke(die, from, message);
        }
    }

    // Told at 1, 2, 4, 8...: whoever floods us shall not flood the log.
    private void NoteStranger(string what, Eid from, uint jetty)
    {
        var count = Interlocked.Increment(ref strangers);
        if ((count & (count - 1)) == 0)
        {
            transport.Log.Stranger(die, what, from, jetty, count);
        }
    }

    /// <summary>A port while it is there, with what each peer may have under way to it.</summary>
    private sealed class PortUse(UrmaPort port, CancellationToken stop)
    {
        public UrmaPort Port => port;

        public CancellationToken Stop => stop;

        public int PeersMax { get; set; }

        public int EventWindow { get; set; }

        public int BulkWindow { get; set; }

        public RunningTasks Running { get; } = new();
    }
}
