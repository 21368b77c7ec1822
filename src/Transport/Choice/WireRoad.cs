using System.Diagnostics.CodeAnalysis;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Transport;

/// <summary>One (peer, DIE) of a choice: which wires are open, which is in use, and what the sink knows.</summary>
/// <remarks>
/// The link is open as long as any wire is. A wire that is lost takes nothing with it but what was under way on it, and that is the
/// core's to miss and send again. A close is of all wires, here and at the peer, though they end one after the other and may be dialled
/// again meanwhile: it is told, once, when the last of those that were open has ended, and so has delivered what was sent before.
/// </remarks>
/// <param name="brought">Called with each message that goes over all wires, and the one that brought it first; null: nobody asks.</param>
[SuppressMessage("Reliability", "CA1001", Justification = "The semaphores hold no handle: nobody asks them for one.")]
internal sealed class WireRoad(LinkId id, int wireCount, Action<LinkId, int, Message>? brought = null)
{
    /// <summary>A wire that the peer has closed too has ended by then: each may linger for a second.</summary>
    private static readonly TimeSpan ClosesWithin = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly bool[] open = new bool[wireCount];
    private readonly Instant[] doubtedUntil = new Instant[wireCount];

    // Wires that were open when the link was closed, here or by the peer, and have not ended yet.
    private readonly bool[] closing = new bool[wireCount];
    private readonly SemaphoreSlim arriving = new(1);
    private readonly SemaphoreSlim bulkArriving = new(1);
    private readonly CopyMemory copies = new();
    private bool isClosingHere;
    private bool isClosedByPeer;
    private Instant closedBefore;
    private bool isToldOpen;
    private int inUse = -1;

    /// <summary>It is being closed by this node, and takes nothing.</summary>
    public bool IsClosingHere
    {
        get
        {
            lock (gate)
            {
                return isClosingHere;
            }
        }
    }

    private bool IsAnyOpen => Array.Exists(open, isOpen => isOpen);

    /// <summary>The wire to send on; below zero: none.</summary>
    public int InUse(Instant now)
    {
        lock (gate)
        {
            return inUse = Best(now);
        }
    }

    /// <summary>It carries frames, as the one in use or beside it.</summary>
    public bool IsOpen(int place)
    {
        lock (gate)
        {
            return open[place] && !isClosingHere;
        }
    }

    public void Doubt(Instant until)
    {
        lock (gate)
        {
            if (inUse >= 0 && open.Count(isOpen => isOpen) > 1)
            {
                doubtedUntil[inUse] = until;
            }
        }
    }

    /// <returns>False: it is closed, or being closed.</returns>
    public bool BeginClose()
    {
        lock (gate)
        {
            if (isClosingHere || !IsAnyOpen)
            {
                return false;
            }

            isClosingHere = true;
            open.CopyTo(closing, 0);
            return true;
        }
    }

    /// <summary>The peer closes the link; it has said so on this wire, and the others end by themselves.</summary>
    public void ClosedByPeer(Instant now)
    {
        lock (gate)
        {
            if (!isClosingHere && (!isClosedByPeer || now > closedBefore))
            {
                isClosedByPeer = true;
                closedBefore = now + ClosesWithin;
                open.CopyTo(closing, 0);
            }
        }
    }

    public void Opened(int place, ITransportSink sink, Instant now)
    {
        lock (gate)
        {
            open[place] = true;
            doubtedUntil[place] = Instant.Zero;
            inUse = Best(now);
            if (!isToldOpen)
            {
                isToldOpen = true;
                sink.Opened(id);
            }
        }
    }

    public void Closed(int place, LinkLoss loss, ITransportSink sink, Instant now)
    {
        lock (gate)
        {
            var wasClosing = closing[place];
            open[place] = closing[place] = false;
            inUse = Best(now);
            if (!isToldOpen)
            {
                if (place == open.Length - 1)
                {
                    // That nobody is there is for the wire to say that every machine has.
                    sink.Closed(id, loss);
                }

                return;
            }

            if (isClosedByPeer && now > closedBefore)
            {
                // It has closed what it had open, and this one was not among them.
                isClosedByPeer = wasClosing = false;
                Array.Clear(closing);
            }

            var isLastClosing = wasClosing && !Array.Exists(closing, isClosing => isClosing);
            if (isLastClosing || (!IsAnyOpen && !isClosingHere))
            {
                Lose(loss, sink);
            }
        }
    }

    /// <summary>Hands up a frame, but for what another wire has brought before.</summary>
    public async ValueTask ArrivedAsync(int place, Frame frame, ITransportSink sink, CancellationToken stop)
    {
        // Two wires may both have frames, and the sink takes one at a time.
        var turn = FrameClasses.Of(frame.Message) == FrameClass.Bulk ? bulkArriving : arriving;
        await turn.WaitAsync(stop).ConfigureAwait(false);
        try
        {
            var isCopied = CopyMemory.GoesOverAll(frame.Message);
            if (!isCopied || copies.IsNew(frame))
            {
                if (isCopied)
                {
                    brought?.Invoke(id, place, frame.Message);
                }

                await sink.ArrivedAsync(id, frame, stop).ConfigureAwait(false);
            }
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dropped(string reason, ITransportSink sink) => sink.Dropped(id, reason);

    private void Lose(LinkLoss loss, ITransportSink sink)
    {
        if (isClosedByPeer)
        {
            sink.ClosedByPeer(id);
        }

        isClosingHere = isClosedByPeer = false;
        Array.Clear(closing);
        sink.Closed(id, loss);
        isToldOpen = IsAnyOpen;
        if (isToldOpen)
        {
            // Dialled again while the others were still ending.
            sink.Opened(id);
        }
    }

    private int Best(Instant now)
    {
        if (isClosingHere)
        {
            return -1;
        }

        var best = Array.FindIndex(open, isOpen => isOpen);
        for (var place = best; place >= 0 && place < open.Length; place++)
        {
            if (open[place] && doubtedUntil[place] <= now)
            {
                return place;
            }
        }

        return best;
    }
}
