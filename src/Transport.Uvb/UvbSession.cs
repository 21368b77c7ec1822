namespace ClusterRas.Transport.Uvb;

/// <summary>A link from its first hello until it is closed: two tags, a queue, and a lane of each class each way.</summary>
/// <remarks>
/// It is open once this node's hello was answered and the peer's was heard, so calls arrive both ways. What is of another session
/// has another tag, so nothing old is ever taken for new. Fields are the link's thread's, but for those that are volatile.
/// </remarks>
internal sealed class UvbSession : IDisposable
{
    /// <summary>Parts of events that may be under way to this node.</summary>
    public const int EventWindow = 16;

    /// <summary>Of bulk.</summary>
    public const int BulkWindow = 8;

    private readonly CancellationTokenSource stop = new();
    private volatile uint peerTag;
    private volatile bool isOpen;
    private volatile bool isEnding;
    private volatile bool isFinishing;
    private volatile bool isLeftByPeer;
    private volatile string? endReason;

    public UvbSession(UvbLink link, uint tag, int queueFramesMax)
    {
        Link = link;
        Tag = tag;
        Stop = stop.Token;
        Queue = new LinkQueue(queueFramesMax);
        Sends = [new UvbSendLane(this, isBulk: false), new UvbSendLane(this, isBulk: true)];
        Receives =
        [
            new UvbReceiveLane(this, isBulk: false, EventWindow),
            new UvbReceiveLane(this, isBulk: true, BulkWindow),
        ];
    }

    public UvbLink Link { get; }

    /// <summary>How the peer names this session to us.</summary>
    public uint Tag { get; }

    /// <summary>How the peer names itself in the last hello heard; 0: none was. By the port's thread, under the link's gate.</summary>
    public uint PeerTag
    {
        get => peerTag;
        set => peerTag = value;
    }

    /// <summary>How the peer named itself when it answered our hello; 0: it has not.</summary>
    public uint AnsweredTag { get; private set; }

    public LinkQueue Queue { get; }

    public UvbSendLane[] Sends { get; }

    public UvbReceiveLane[] Receives { get; }

    /// <summary>Asked for when frames are not to be handed up any more.</summary>
    public CancellationToken Stop { get; }

    public bool IsOpen => isOpen;

    public bool IsEnding => isEnding;

    public bool CanHandUp => isOpen && !isEnding;

    /// <summary>It takes no more frames, and ends when those that it has are gone.</summary>
    public bool IsFinishing => isFinishing;

    /// <summary>The peer has said goodbye, and what it sent before is still being handed up.</summary>
    public bool IsLeftByPeer => isLeftByPeer;

    /// <summary>The peer has closed the link, not only this wire of it.</summary>
    public bool IsClosedByPeer { get; private set; }

    /// <summary>Why it must end; null: it need not.</summary>
    public string? EndReason => endReason;

    /// <summary>All frames have been answered for.</summary>
    public bool IsDrained => Queue.Counts.Waiting == 0 && Array.TrueForAll(Sends, lane => lane.IsEmpty);

    /// <summary>All that came has been handed up.</summary>
    public bool IsHandedUp => Array.TrueForAll(Receives, lane => lane.IsEmpty);

    /// <summary>Nobody is at work in it but the link's thread.</summary>
    public bool IsIdle => Array.TrueForAll(Receives, lane => lane.IsIdle);

    /// <summary>The peer waits for room, or will soon.</summary>
    public bool IsNewsDue => Array.Exists(Receives, lane => lane.IsNewsDue);

    public void NoteAnswered(in UvbAnswer answer)
    {
        AnsweredTag = answer.Tag;
        Sends[0].Window = answer.EventWindow;
        Sends[1].Window = answer.BulkWindow;
    }

    /// <summary>Calls arrive both ways.</summary>
    public void Open()
    {
        isOpen = true;
        foreach (var lane in Receives)
        {
            lane.Schedule();
        }
    }

    public UvbPacket NewPacket(PacketKind kind) =>
        new(kind, 0, Tag, AnsweredTag, 0, Receives[0].Tell(), Receives[1].Tell());

    public UvbAnswer NewAnswer() => new(Tag, Receives[0].Tell(), Receives[1].Tell(), EventWindow, BulkWindow);

    public void NoteTaken(uint events, uint bulk)
    {
        Sends[0].NoteTaken(events);
        Sends[1].NoteTaken(bulk);
    }

    /// <summary>The peer has ended it: what it sent before is still handed up.</summary>
    public void NoteBye(bool isOfLink)
    {
        IsClosedByPeer = isOfLink;
        isLeftByPeer = true;
        Link.Ring();
    }

    /// <summary>From any thread: it ends soon. The first reason counts.</summary>
    public void RequestEnd(string reason)
    {
        Interlocked.CompareExchange(ref endReason, reason, null);
        Link.Ring();
    }

    /// <summary>No more frames; what is queued goes out.</summary>
    public void Finish()
    {
        isFinishing = true;
        Queue.Complete();
        Link.Ring();
    }

    /// <summary>Nothing more goes in or out. What runs is asked to stop.</summary>
    public void BeginEnd()
    {
        isEnding = true;
        Queue.Complete();
        stop.Cancel();
    }

    public void Dispose() => stop.Dispose();
}
