using System.Collections.Concurrent;
using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport.Urma.Native;

namespace ClusterRas.Transport.Urma;

/// <summary>What the port's thread leaves for the link: that thread tells nobody anything itself.</summary>
internal readonly record struct LinkNews(Packet? Packet, SessionOffer Offer, uint Events, uint Bulk)
{
    /// <summary>How a send of ours ended, where it failed.</summary>
    public UrmaStatus Status { get; init; }

    /// <summary>Of which session that send was.</summary>
    public uint Tag { get; init; }
}

/// <summary>One link for the life of the transport: it is closed, or it is in a session.</summary>
/// <param name="before">The end of the link that had this name; the sink hears of it before anything of this one.</param>
internal sealed partial class UrmaLink(UrmaTransport transport, UrmaLinkAddress address, Task before)
    : IThreadPoolWorkItem,
        INativeLink<UrmaLinkAddress>
{
    private static readonly TimeSpan LingerMax = TimeSpan.FromSeconds(1);

    // Held while the sink is told, so that "opened" and "closed" cannot overtake each other.
    private readonly Lock gate = new();
    private readonly ConcurrentQueue<LinkNews> news = [];
    private readonly TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile UrmaSession? session;
    private LinkLoss endedBy;
    private LinkLoss? lastLoss;
    private int wishes;

    public LinkId Id { get; } = address.Link;

    public UrmaLinkAddress Address { get; } = address;

    /// <summary>How many messages of events the peer may have under way to us.</summary>
    public int EventWindow { get; private set; } = 1;

    /// <summary>How many of bulk.</summary>
    public int BulkWindow { get; private set; } = 1;

    /// <summary>It has ended for ever, and the sink has heard so.</summary>
    public Task Gone => gone.Task;

    /// <summary>Why it is not open; null: it is.</summary>
    public string? WhyNot { get; private set; } = "not tried yet";

    public Instant Now => transport.Options.Clock();

    public TimeSpan FreshFor => transport.Options.FreshFor;

    public SendOutcome Send(Frame frame) =>
        session is { IsOpen: true } present ? present.Send(frame) : SendOutcome.LinkDown;

    public ValueTask ArrivedAsync(Frame frame, CancellationToken stop) => transport.Sink.ArrivedAsync(Id, frame, stop);

    public void Dropped(string reason) => transport.Sink.Dropped(Id, reason);

    /// <summary>A task that must end before the transport has.</summary>
    public void Watch(Task task) => transport.Watch(task);

    /// <summary>A message of ours has come; on the port's thread.</summary>
    /// <returns>False: the slot is not needed any more.</returns>
    public bool Take(UrmaPort port, in Packet packet, int slot, int length)
    {
        var present = session;
        var isOurs = present is not null && present.Port == port && packet.To == present.Tag;
        if (packet.Kind is PacketKind.Data or PacketKind.Taken or PacketKind.Probe)
        {
            if (!isOurs || packet.From != present!.PeerTag)
            {
                // The peer believes in a session that is none: it shall know.
                Note(new LinkNews(packet, default, 0, 0));
                return false;
            }

            if (!present.IsOpen)
            {
                Note(new LinkNews(packet, default, 0, 0));
            }

            present.NoteRoom(packet);
            return packet.Kind == PacketKind.Data && present.TryPlace(packet, slot, length, Now);
        }

        var payload = port.Received(slot, length)[Packet.Size..];
        if (packet.Kind == PacketKind.Bye)
        {
            Note(
                payload.Length >= 8
                    ? new LinkNews(
                        packet,
                        default,
                        System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(payload),
                        System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(payload[4..])
                    )
                    : new LinkNews(packet, default, uint.MaxValue, uint.MaxValue)
            );
        }
        else if (SessionOffer.TryRead(payload, out var offer))
        {
            Note(new LinkNews(packet, offer, 0, 0));
        }

        return false;
    }

    /// <summary>A send of ours has ended; on the port's thread.</summary>
    public void NoteSent(uint tag, UrmaStatus status)
    {
        if (status is not (UrmaStatus.Success or UrmaStatus.Flushed or UrmaStatus.FlushDone))
        {
            Note(default(LinkNews) with { Status = status, Tag = tag });
        }
    }

    /// <summary>Sees whether the peer is still there, where nothing else does.</summary>
    public void Tick()
    {
        if (session is { CanSend: true } present && present.Quiet >= transport.Options.ProbeAfter)
        {
            present.Say(present.NewPacket(PacketKind.Probe));
        }
    }

    public void NoteGone() => gone.TrySetResult();

    public void WakeSends() => session?.WakeSends();

    public void Close(string reason)
    {
        UrmaSession? present;
        lock (gate)
        {
            present = session is { IsOpen: true, IsFinishing: false, IsEnding: false } open ? open : null;
        }

        if (present is not null)
        {
            transport.Log.LinkClosing(Id, reason);
            present.Finish();
            Watch(EndAfterAsync(present, LingerMax, "closed here", isTold: true));
        }
    }

    /// <summary>Ends a session: nothing goes on in it, and when all has stopped the sink is told.</summary>
    /// <param name="isTold">Whether the peer is told, too.</param>
    public void End(UrmaSession which, LinkLoss loss, string reason, bool isTold)
    {
        lock (gate)
        {
            if (which != session || which.IsEnding)
            {
                return;
            }

            if (isTold && which.PeerTag != 0)
            {
                which.SayBye();
            }

            endedBy = loss;
            WhyNot = reason;
            transport.Log.SessionEnd(Id, which.Tag, reason);
            which.BeginEnd();
        }

        TryFinalize(which);
    }

    /// <summary>Closes what is ending, once nobody works in it any more.</summary>
    public void TryFinalize(UrmaSession which)
    {
        lock (gate)
        {
            if (which != session || !which.IsEnding || !which.IsIdle)
            {
                return;
            }

            session = null;
            which.Dispose();
            if (which.IsOpen)
            {
                if (which.IsClosedByPeer && !which.IsFinishing)
                {
                    transport.Sink.ClosedByPeer(Id);
                }

                Lose(endedBy);
            }
        }

        changed.Writer.TryWrite(true);
    }

    public void Execute()
    {
        var seen = 1;
        do
        {
            seen = Volatile.Read(ref wishes);
            while (news.TryDequeue(out var one))
            {
                Follow(one);
            }
        } while (Interlocked.Add(ref wishes, -seen) != 0);
    }

    private void Note(LinkNews one)
    {
        news.Enqueue(one);
        if (Interlocked.Increment(ref wishes) == 1)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void Follow(LinkNews one)
    {
        lock (gate)
        {
            if (session is not { IsEnding: false } present)
            {
                return;
            }

            if (one.Packet is not { } packet)
            {
                FollowFailure(present, one);
                return;
            }

            switch (packet.Kind)
            {
                case PacketKind.Hello when IsMeantForUs(one.Offer):
                    FollowHello(present, packet, one.Offer);
                    break;
                case PacketKind.Welcome when packet.To == present.Tag && !present.IsOpen && IsMeantForUs(one.Offer):
                    present.PeerTag = packet.From;
                    Open(present, one.Offer);
                    SayWelcome(present);
                    break;
                case PacketKind.Bye when packet.To == present.Tag:
                    present.NoteBye(one.Events, one.Bulk, (packet.Flags & PieceFlags.Link) != 0);
                    Watch(EndAfterAsync(present, LingerMax, "the peer has ended it", isTold: false));
                    break;
                case PacketKind.Data or PacketKind.Taken or PacketKind.Probe when packet.To != present.Tag:
                    present.Say(new Packet(PacketKind.Bye, 0, 0, present.Tag, packet.From, 0, 0, 0, 0));
                    break;
                case PacketKind.Data
                or PacketKind.Taken
                or PacketKind.Probe when !present.IsOpen && offered is { } offer:
                    Open(present, offer);
                    break;
                default:
                    // Late, or said twice.
                    break;
            }
        }
    }

    private void FollowHello(UrmaSession present, in Packet packet, in SessionOffer offer)
    {
        if (present.IsLeftByPeer)
        {
            // It said goodbye before it began anew, and what it said before that has still to be handed up. When it has, we say hello.
            return;
        }

        if (present.IsOpen && present.PeerTag != packet.From)
        {
            End(present, LinkLoss.Closed, "the peer has begun anew", isTold: false);
            return;
        }

        present.PeerTag = packet.From;
        offered = offer;
        SayWelcome(present);
    }

    private void FollowFailure(UrmaSession present, LinkNews failed)
    {
        if (failed.Tag != present.Tag)
        {
            return;
        }

        isTargetStale = true;
        var reason = $"a message was not delivered (completion status {(int)failed.Status})";
        if (present.IsOpen)
        {
            End(present, LinkLoss.Closed, reason, isTold: false);
        }
        else
        {
            var isRefused = failed.Status is UrmaStatus.RemoteUnsupported or UrmaStatus.RemoteOperation;
            NoteFailed(isRefused ? LinkLoss.Refused : LinkLoss.Unreachable, reason);
            changed.Writer.TryWrite(true);
        }
    }

    private void Open(UrmaSession present, in SessionOffer offer)
    {
        present.Open(offer);
        lastLoss = null;
        WhyNot = null;
        transport.Log.SessionOpen(Id, present.Tag, present.PeerTag);
        transport.Sink.Opened(Id);
        present.Wake();
        changed.Writer.TryWrite(true);
    }

    private bool IsMeantForUs(in SessionOffer offer) =>
        offer.FromNode == Id.Peer.Value && offer.ToNode == transport.Self.Value && offer.Die == Id.Die.Value;

    private void NoteFailed(LinkLoss loss, string reason)
    {
        lock (gate)
        {
            WhyNot = reason;
            if (lastLoss != loss && session is not { IsOpen: true })
            {
                transport.Log.AttemptFailed(Id, loss, reason);
                Lose(loss);
            }
        }
    }

    private void Lose(LinkLoss loss)
    {
        lastLoss = loss;
        transport.Sink.Closed(Id, loss);
    }

    private async Task EndAfterAsync(UrmaSession which, TimeSpan time, string reason, bool isTold)
    {
        await Task.WhenAny(Task.Delay(time, which.Stop)).ConfigureAwait(false);
        End(which, LinkLoss.Closed, reason, isTold);
    }
}
