using ClusterRas.Protocol;
using ClusterRas.Transport.Urma.Native;

namespace ClusterRas.Transport.Urma;

/// <summary>A link from its first hello until it is closed: two tags, a queue, and a lane of each class each way.</summary>
/// <remarks>Messages of another session have another tag, so nothing old is ever taken for new.</remarks>
internal sealed class UrmaSession : IDisposable
{
    private readonly CancellationTokenSource stop = new();
    private readonly SendLane[] sends;
    private readonly ReceiveLane[] receives;
    private readonly uint[] finalSequences = new uint[2];
    private volatile uint peerTag;
    private volatile bool isOpen;
    private volatile bool isEnding;
    private volatile bool isFinishing;
    private volatile bool isLeftByPeer;
    private long sentAt;

    public UrmaSession(UrmaLink link, UrmaPort port, UrmaTargetHandle target, uint tag, int queueFramesMax)
    {
        Link = link;
        Port = port;
        Target = target;
        Tag = tag;
        Stop = stop.Token;
        Queue = new LinkQueue(queueFramesMax);
        sends = [new SendLane(this, isBulk: false), new SendLane(this, isBulk: true)];
        receives =
        [
            new ReceiveLane(this, isBulk: false, link.EventWindow),
            new ReceiveLane(this, isBulk: true, link.BulkWindow),
        ];
    }

    public UrmaLink Link { get; }

    public UrmaPort Port { get; }

    /// <summary>Where to send; another one after a relink.</summary>
    public UrmaTargetHandle Target { get; set; }

    /// <summary>How the peer names this session to us.</summary>
    public uint Tag { get; }

    /// <summary>How we name it to the peer; 0: not known yet.</summary>
    public uint PeerTag
    {
        get => peerTag;
        set => peerTag = value;
    }

    public LinkQueue Queue { get; }

    /// <summary>Asked for when frames are not to be handed up any more.</summary>
    public CancellationToken Stop { get; }

    public bool IsOpen => isOpen;

    public bool IsEnding => isEnding;

    /// <summary>It takes no more frames, and ends when those that it has are gone.</summary>
    public bool IsFinishing => isFinishing;

    /// <summary>The peer has said goodbye, and what it sent before is still being handed up.</summary>
    public bool IsLeftByPeer => isLeftByPeer;

    /// <summary>The peer has closed the link, not only this wire of it.</summary>
    public bool IsClosedByPeer { get; private set; }

    public bool CanSend => isOpen && !isEnding;

    public bool CanHandUp => isOpen && !isEnding;

    /// <summary>Nobody is at work in it.</summary>
    public bool IsIdle =>
        Array.TrueForAll(sends, lane => lane.IsIdle) && Array.TrueForAll(receives, lane => lane.IsIdle);

    /// <summary>All frames are on their way.</summary>
    public bool IsDrained => Queue.Counts.Waiting == 0 && Array.TrueForAll(sends, lane => lane.IsEmpty && lane.IsIdle);

    /// <summary>Time since something was sent.</summary>
    public TimeSpan Quiet => TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref sentAt));

    /// <summary>Both sides know each other's tag.</summary>
    public void Open(in SessionOffer offer)
    {
        sends[0].Open(offer.Events);
        sends[1].Open(offer.Bulk);
        isOpen = true;
    }

    /// <summary>Lets both directions go on.</summary>
    public void Wake()
    {
        foreach (var lane in sends)
        {
            lane.Schedule();
        }

        foreach (var lane in receives)
        {
            lane.Schedule();
        }
    }

    public void WakeSends()
    {
        foreach (var lane in sends)
        {
            lane.Schedule();
        }
    }

    public SendOutcome Send(Frame frame)
    {
        var outcome = Queue.Enqueue(frame);
        if (outcome == SendOutcome.Queued)
        {
            sends[FrameClasses.Of(frame.Message) == FrameClass.Bulk ? 1 : 0].PumpFor(frame);
        }

        return outcome;
    }

    public Packet NewPacket(PacketKind kind) =>
        new(kind, 0, PieceFlags.None, Tag, PeerTag, 0, receives[0].Tell(), receives[1].Tell(), 0);

    /// <returns>False: nothing was posted.</returns>
    public bool Post(int slot, int length)
    {
        Volatile.Write(ref sentAt, Environment.TickCount64);
        return Port.Post(slot, length, Target, Link, Tag);
    }

    /// <summary>Sends a message that is not part of a lane. Lost if there is no slot: all of them are said again.</summary>
    public bool Say(Packet packet, ReadOnlySpan<byte> payload = default)
    {
        var slot = Port.TakeSlot();
        if (slot < 0)
        {
            return false;
        }

        var bytes = Port.Sending(slot);
        packet.Write(bytes);
        payload.CopyTo(bytes[Packet.Size..]);
        if (Post(slot, Packet.Size + payload.Length))
        {
            return true;
        }

        Port.GiveBack(slot);
        return false;
    }

    public void TellTaken()
    {
        if (CanSend)
        {
            Say(NewPacket(PacketKind.Taken));
        }
    }

    /// <summary>How many messages of each lane went before.</summary>
    public void SayBye()
    {
        Span<byte> payload = stackalloc byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(payload, sends[0].Sent);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32LittleEndian(payload[4..], sends[1].Sent);
        var flags = IsFinishing ? PieceFlags.Link : PieceFlags.None;
        Say(NewPacket(PacketKind.Bye) with { Flags = flags }, payload);
    }

    /// <summary>The peer has room again; on the port's thread.</summary>
    public void NoteRoom(in Packet packet)
    {
        if (sends[0].NoteTaken(packet.EventsTaken))
        {
            sends[0].Schedule();
        }

        if (sends[1].NoteTaken(packet.BulkTaken))
        {
            sends[1].Schedule();
        }
    }

    /// <summary>A piece of a frame; on the port's thread.</summary>
    /// <returns>False: the slot is the caller's.</returns>
    public bool TryPlace(in Packet packet, int slot, int length, Instant at)
    {
        var lane = receives[packet.Lane];
        if (!lane.TryPlace(packet.Sequence, slot, length, at))
        {
            return false;
        }

        lane.Schedule();
        return true;
    }

    /// <summary>The peer has ended it: what it sent before is still handed up.</summary>
    public void NoteBye(uint events, uint bulk, bool isOfLink)
    {
        IsClosedByPeer = isOfLink;
        finalSequences[0] = events;
        finalSequences[1] = bulk;
        isLeftByPeer = true;
        NoteHandedUp();
    }

    public void NoteHandedUp()
    {
        if (isLeftByPeer && receives[0].Taken == finalSequences[0] && receives[1].Taken == finalSequences[1])
        {
            Link.End(this, LinkLoss.Closed, "the peer has ended it", isTold: false);
        }
    }

    /// <summary>No more frames; what is queued goes out.</summary>
    public void Finish()
    {
        isFinishing = true;
        Queue.Complete();
        WakeSends();
    }

    /// <summary>Nothing more goes in or out. What runs is asked to stop.</summary>
    public void BeginEnd()
    {
        isEnding = true;
        Queue.Complete();
        _ = stop.CancelAsync();
    }

    /// <summary>Somebody has ended his work here.</summary>
    public void NoteIdle()
    {
        if (isEnding)
        {
            Link.TryFinalize(this);
        }
        else if (isFinishing && IsDrained)
        {
            Link.End(this, LinkLoss.Closed, "closed here", isTold: true);
        }
    }

    public void Dispose()
    {
        foreach (var lane in receives)
        {
            lane.Free();
        }

        foreach (var lane in sends)
        {
            lane.Free();
        }
    }
}
