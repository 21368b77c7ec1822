using System.Runtime.InteropServices;
using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>How a link stands.</summary>
public enum LinkState
{
    /// <summary>No connection.</summary>
    Down,

    /// <summary>Connected; the peer's hello is not accepted yet.</summary>
    Opening,

    /// <summary>Carries frames, and they are acknowledged in time.</summary>
    Up,

    /// <summary>Connected, but an acknowledgement is missing.</summary>
    Suspect,
}

/// <summary>One road to one peer: its state, its numbering, and what it has not acknowledged.</summary>
internal sealed class Link(LinkId id)
{
    /// <summary>Frames that wait for their acknowledgement; more are not watched (the oldest tell enough).</summary>
    private const int PendingMax = 64;

    /// <summary>A slow peer may stretch its round trip, but not the time after which another road is tried.</summary>
    private static readonly TimeSpan PatienceMax = TimeSpan.FromSeconds(1);

    private const int BeatsPerProbe = 5;

    private readonly List<Pending> pending = [];
    private int beats;
    private ulong nextSequence;
    private ulong ackHighest;
    private ulong ackBits;

    public LinkId Id => id;

    public LinkState State { get; set; } = LinkState.Down;

    /// <summary>The last frame of the accepted peer; null: none in this process.</summary>
    public Instant? HeardAt { get; set; }

    /// <summary>The last attempt to connect was refused by a live host.</summary>
    public bool IsRefused { get; set; }

    /// <summary>Nonce of the peer's process that is accepted on this link; 0: none.</summary>
    public ulong PeerNonce { get; set; }

    /// <summary>Nonce of the peer's last hello, accepted or not; our hellos answer it. 0: none.</summary>
    public ulong PeerNonceSeen { get; set; }

    /// <summary>How good it has been lately.</summary>
    public LinkScore Score { get; } = new();

    public Instant HelloSentAt { get; set; }

    public Instant HeartbeatDue { get; set; }

    /// <summary>The peer was not heard on it for so long that each beat asks whether it comes.</summary>
    public bool IsMissed { get; set; }

    /// <summary>The last fresh connection was asked for then.</summary>
    public Instant RelinkedAt { get; set; }

    /// <summary>A frame has come that wants an acknowledgement, and nothing has gone back yet.</summary>
    public bool OwesAck { get; private set; }

    /// <summary>The oldest such frame came then.</summary>
    public Instant OwesSince { get; private set; }

    /// <summary>How long the peer's frames are held on this connection.</summary>
    public TransitClock Transit { get; } = new();

    public bool IsUsable => State is LinkState.Up or LinkState.Suspect;

    /// <summary>A new process of the peer counts from the start, and so do we with it.</summary>
    public void Reset()
    {
        pending.Clear();
        ackHighest = 0;
        ackBits = 0;
        OwesAck = false;
        Score.Reset();
    }

    public Frame Frame(Instant now, Message message, Lineage lineage, bool rerouted = false)
    {
        var wantsAck = message switch
        {
            Message.Hello or Message.Refused or Message.LinkAck => false,
            Message.Heartbeat => WantsProbe(),
            _ => true,
        };
        if (wantsAck)
        {
            nextSequence++;
            if (pending.Count == PendingMax && pending[0].IsOverdue)
            {
                pending.RemoveAt(0);
            }

            if (pending.Count < PendingMax)
            {
                pending.Add(new Pending(nextSequence, now, message, rerouted));
            }
        }

        OwesAck = false;
        return new Frame(wantsAck ? nextSequence : 0, ackHighest, ackBits, message) { Lineage = lineage };
    }

    /// <summary>Silence is told by missing beats; one in five also measures the round trip, and each one of a link that is suspect or missed.</summary>
    private bool WantsProbe() =>
        State == LinkState.Suspect || IsMissed || Score.RoundTrip is null || ++beats % BeatsPerProbe == 0;

    /// <summary>Notes that a numbered frame came.</summary>
    public void NoteReceived(Instant now, ulong sequence)
    {
        if (sequence == 0)
        {
            return;
        }

        if (!OwesAck)
        {
            OwesAck = true;
            OwesSince = now;
        }

        if (sequence > ackHighest)
        {
            var shift = sequence - ackHighest;
            ackBits =
                shift > 64
                    ? 0
                    : (shift == 64 ? 0 : ackBits << (int)shift) | (ackHighest == 0 ? 0 : 1UL << (int)(shift - 1));
            ackHighest = sequence;
        }
        else if (ackHighest - sequence is > 0 and <= 64)
        {
            ackBits |= 1UL << (int)(ackHighest - sequence - 1);
        }
    }

    /// <summary>Takes the peer's acknowledgements.</summary>
    /// <returns>True if anything was acknowledged.</returns>
    public bool NoteAcks(Instant now, ulong highest, ulong bits)
    {
        var any = false;
        for (var at = pending.Count - 1; at >= 0; at--)
        {
            var sequence = pending[at].Sequence;
            var isTold =
                sequence == highest
                || (
                    sequence < highest
                    && highest - sequence <= 64
                    && (bits & (1UL << (int)(highest - sequence - 1))) != 0
                );
            if (isTold)
            {
                any = true;
                Score.NoteRoundTrip(now - pending[at].SentAt);
            }

            // Too far back to be told of: it may have come or not, and says nothing about the round trip.
            if (isTold || (sequence < highest && highest - sequence > 64))
            {
                pending.RemoveAt(at);
            }
        }

        return any;
    }

    /// <summary>When the oldest frame's acknowledgement is overdue; never: nothing waits.</summary>
    public Instant AckDeadline(TimeSpan least)
    {
        foreach (ref readonly var frame in CollectionsMarshal.AsSpan(pending))
        {
            if (!frame.IsOverdue)
            {
                return frame.SentAt + Patience(least);
            }
        }

        return Instant.Never;
    }

    /// <summary>What has waited too long, for another road; each is told once.</summary>
    /// <remarks>It stays in the list: a late acknowledgement is how a slow peer's true round trip becomes known.</remarks>
    public List<Message> TakeOverdue(Instant now, TimeSpan least)
    {
        var patience = Patience(least);
        var overdue = new List<Message>();
        for (var at = 0; at < pending.Count && pending[at].SentAt + patience <= now; at++)
        {
            if (!pending[at].IsOverdue)
            {
                // A message changes roads once; after that its own sender's rhythm repeats it.
                if (!pending[at].IsRerouted)
                {
                    overdue.Add(pending[at].Message);
                }

                pending[at] = pending[at] with { IsOverdue = true };
            }
        }

        return overdue;
    }

    /// <summary>Time in which this process did not run is not the peer's.</summary>
    public void Forgive(Instant now, TimeSpan pause)
    {
        for (var at = 0; at < pending.Count; at++)
        {
            pending[at] = pending[at] with { SentAt = Instant.Min(pending[at].SentAt + pause, now) };
        }

        if (HeardAt is { } heard)
        {
            HeardAt = Instant.Min(heard + pause, now);
        }

        Score.Forgive(now, pause);
    }

    private TimeSpan Patience(TimeSpan least)
    {
        // In ticks: asked for each link at each step, and a TimeSpan is multiplied as a double.
        var patience = new TimeSpan(Math.Max(least.Ticks, (Score.RoundTrip?.Ticks ?? 0) * 3));
        return patience < PatienceMax ? patience : PatienceMax;
    }

    private readonly record struct Pending(
        ulong Sequence,
        Instant SentAt,
        Message Message,
        bool IsRerouted,
        bool IsOverdue = false
    );
}
