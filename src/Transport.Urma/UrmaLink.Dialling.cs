using System.Threading.Channels;
using ClusterRas.Protocol;
using ClusterRas.Sentry;
using ClusterRas.Transport.Urma.Native;

namespace ClusterRas.Transport.Urma;

/// <summary>The part that looks for the peer, as long as there is a port.</summary>
internal sealed partial class UrmaLink
{
    // One signal is enough, however much has happened.
    private readonly Channel<bool> changed = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    private readonly List<UrmaTargetHandle> retired = [];
    private UrmaPort? port;
    private UrmaTargetHandle? target;
    private SessionOffer? offered;
    private volatile bool isTargetStale;

    /// <summary>Says hello until there is a session, and again when it is over; done when stopped and all is closed.</summary>
    public async Task RunAsync(UrmaPort port, int eventWindow, int bulkWindow, CancellationToken stop)
    {
        (EventWindow, BulkWindow) = (eventWindow, bulkWindow);
        lock (gate)
        {
            this.port = port;
        }

        var pause = transport.Options.RedialFirst;
        try
        {
            await before.WaitAsync(stop).ConfigureAwait(false);
            while (!stop.IsCancellationRequested)
            {
                if (await IsTargetSoundAsync(port, stop).ConfigureAwait(false))
                {
                    var began = Now;
                    await SeekAsync(port, stop).ConfigureAwait(false);
                    pause = Now - began >= transport.Options.LivesFor ? transport.Options.RedialFirst : pause;
                }

                await Task.Delay(Jittered(pause), stop).ConfigureAwait(false);
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, transport.Options.RedialMax.Ticks));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The end of the port, or of the transport.
        }
        finally
        {
            await LeaveAsync().ConfigureAwait(false);
        }
    }

    /// <summary>No port: why, in one line.</summary>
    public void NoteNoPort(string reason)
    {
        if (before.IsCompleted)
        {
            NoteFailed(LinkLoss.Unreachable, reason);
        }
    }

    /// <summary>Makes a second path to the peer at once; what is sent from then on takes it.</summary>
    public void Relink()
    {
        if (session is { IsOpen: true } present)
        {
            Watch(
                Task.Factory.StartNew(
                    () => MoveToNewPath(present),
                    CancellationToken.None,
                    TaskCreationOptions.LongRunning,
                    TaskScheduler.Default
                )
            );
        }
    }

    /// <summary>Says 40 bytes to the peer, in no session: whoever is there may know nothing of sessions.</summary>
    public bool SayAsKernel(NodeMessage message)
    {
        lock (gate)
        {
            if (port is not { } present || target is null || present.TakeSlot() is not (>= 0 and var slot))
            {
                return false;
            }

            NodeMessageCodec.Write(message, present.Sending(slot));
            if (present.Post(slot, NodeMessageCodec.Size, target, this, 0))
            {
                return true;
            }

            present.GiveBack(slot);
            return false;
        }
    }

    // Says hello, and stays as long as the session that comes of it lasts.
    private async Task SeekAsync(UrmaPort port, CancellationToken stop)
    {
        UrmaSession made;
        lock (gate)
        {
            offered = null;
            made = new UrmaSession(this, port, target!, SessionTag.New(), transport.Options.QueueFramesMax);
            session = made;
        }

        var pause = transport.Options.RedialFirst;
        while (session == made)
        {
            if (!made.IsOpen && !made.IsEnding)
            {
                if (isTargetStale && !await IsTargetSoundAsync(port, stop).ConfigureAwait(false))
                {
                    // Nothing can be sent; the pause is as long as after a hello without an answer.
                }
                else
                {
                    made.Target = target!;
                    SayHello(made);
                }
            }

            if (made.IsOpen || made.IsEnding)
            {
                await changed.Reader.ReadAsync(stop).ConfigureAwait(false);
                continue;
            }

            await WaitAsync(transport.Options.OpenWithin, stop).ConfigureAwait(false);
            if (!made.IsOpen && session == made)
            {
                NoteFailed(LinkLoss.Unreachable, WhyNot ?? "no answer");
                await Task.Delay(Jittered(pause), stop).ConfigureAwait(false);
                pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, transport.Options.RedialMax.Ticks));
            }
        }
    }

    private async Task WaitAsync(TimeSpan time, CancellationToken stop)
    {
        using var within = CancellationTokenSource.CreateLinkedTokenSource(stop);
        within.CancelAfter(time);
        try
        {
            await changed.Reader.ReadAsync(within.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // No answer in this time.
        }
    }

    private async Task<bool> IsTargetSoundAsync(UrmaPort port, CancellationToken stop)
    {
        if (target is not null && !isTargetStale)
        {
            return true;
        }

        // A thread of its own: where the peer is away this may take long, and others shall not wait for it.
        var errno = 0;
        var made = await Task
            .Factory.StartNew(
                () => port.TryImport(Address.Peer, transport.Options.Jetty, out errno),
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default
            )
            .ConfigureAwait(false);
        if (made is null)
        {
            NoteFailed(LinkLoss.Unreachable, $"the peer's jetty cannot be imported (errno {errno})");
            return false;
        }

        lock (gate)
        {
            Replace(made);
        }

        stop.ThrowIfCancellationRequested();
        return true;
    }

    private void MoveToNewPath(UrmaSession present)
    {
        if (present.Port.TryImport(Address.Peer, transport.Options.Jetty, out _) is not { } made)
        {
            return;
        }

        lock (gate)
        {
            if (session != present || present.IsEnding)
            {
                made.Dispose();
                return;
            }

            Replace(made);
            present.Target = made;
            present.Say(present.NewPacket(PacketKind.Probe));
        }
    }

    // What is still under way on the older path names it, so that goes later.
    private void Replace(UrmaTargetHandle made)
    {
        if (retired.Count > 1)
        {
            retired[0].Dispose();
            retired.RemoveAt(0);
        }

        if (target is not null)
        {
            retired.Add(target);
        }

        target = made;
        isTargetStale = false;
    }

    private void SayHello(UrmaSession present)
    {
        lock (gate)
        {
            if (session == present && !present.IsEnding)
            {
                Say(present, PacketKind.Hello);
            }
        }
    }

    private void SayWelcome(UrmaSession present) => Say(present, PacketKind.Welcome);

    private void Say(UrmaSession present, PacketKind kind)
    {
        Span<byte> payload = stackalloc byte[SessionOffer.Size];
        new SessionOffer(
            (ushort)transport.Self.Value,
            (ushort)Id.Peer.Value,
            (byte)Id.Die.Value,
            (ushort)EventWindow,
            (ushort)BulkWindow
        ).Write(payload);
        var packet = present.NewPacket(kind);
        present.Say(kind == PacketKind.Hello ? packet with { To = 0 } : packet, payload);
    }

    private async Task LeaveAsync()
    {
        while (session is { } present)
        {
            End(
                present,
                LinkLoss.Closed,
                transport.IsEnding ? "this node is ending" : "the device is gone",
                isTold: true
            );
            if (session == present)
            {
                await changed.Reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }

        lock (gate)
        {
            port = null;
            target?.Dispose();
            target = null;
            foreach (var one in retired)
            {
                one.Dispose();
            }

            retired.Clear();
        }
    }

    private static TimeSpan Jittered(TimeSpan pause) => pause * (0.75 + (Random.Shared.NextDouble() / 2));
}
