using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Transport.Uvb.Native;

namespace ClusterRas.Transport.Uvb;

/// <summary>One link for the life of the transport: it is closed, or it is in a session.</summary>
/// <remarks>
/// It has a thread of its own, which makes one call at a time: a call blocks, and one that nobody answers does so for more than a
/// second, which is nobody's but this link's. Only that thread tells the sink that the link is open or closed.
/// </remarks>
/// <param name="before">The end of the link that had this name; the sink hears of it before anything of this one.</param>
internal sealed partial class UvbLink(UvbTransport transport, UvbLinkAddress address, Task before)
    : INativeLink<UvbLinkAddress>
{
    private static readonly TimeSpan LingerMax = TimeSpan.FromSeconds(1);

    // Of the session and its tags.
    private readonly Lock gate = new();
    private readonly Bell bell = new();
    private readonly TaskCompletionSource gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile UvbSession? session;
    private volatile bool isProbeWanted;
    private LinkLoss? lastLoss;

    public LinkId Id { get; } = address.Link;

    public UvbLinkAddress Address { get; } = address;

    /// <summary>It has ended for ever, and the sink has heard so.</summary>
    public Task Gone => gone.Task;

    /// <summary>Why it is not open; null: it is.</summary>
    public string? WhyNot { get; private set; } = "not tried yet";

    public Instant Now => transport.Options.Clock();

    public TimeSpan FreshFor => transport.Options.FreshFor;

    public SendOutcome Send(Frame frame)
    {
        if (session is not { CanHandUp: true } present)
        {
            return SendOutcome.LinkDown;
        }

        var outcome = present.Queue.Enqueue(frame);
        if (outcome == SendOutcome.Queued)
        {
            bell.Ring();
        }

        return outcome;
    }

    public ValueTask ArrivedAsync(Frame frame, CancellationToken stop) => transport.Sink.ArrivedAsync(Id, frame, stop);

    public void Dropped(string reason) => transport.Sink.Dropped(Id, reason);

    /// <summary>A task that must end before the transport has.</summary>
    public void Watch(Task task) => transport.Watch(task);

    /// <summary>The link's thread shall look what there is to do.</summary>
    public void Ring() => bell.Ring();

    public void NoteGone() => gone.TrySetResult();

    /// <summary>There is one road only, so a doubt is a question at once, and no second connection.</summary>
    public void Relink()
    {
        isProbeWanted = true;
        bell.Ring();
    }

    public void Close(string reason)
    {
        lock (gate)
        {
            if (session is { IsOpen: true, IsFinishing: false, IsEnding: false } present)
            {
                transport.Log.LinkClosing(Id, reason);
                present.Finish();
            }
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

    /// <summary>A call of the peer has come; on the port's thread.</summary>
    /// <param name="answer">Room for <see cref="UvbAnswer"/>, which is written where the result is 0.</param>
    /// <returns>The status of the call.</returns>
    public int Answer(in UvbPacket packet, ReadOnlySpan<byte> body, Span<byte> answer)
    {
        lock (gate)
        {
            if (session is not { IsEnding: false } present)
            {
                return packet.Kind == PacketKind.Hello ? UvbStatus.Again : UvbStatus.Stale;
            }

            var status =
                packet.Kind == PacketKind.Hello ? AnswerHello(present, packet, body)
                : packet.To != present.Tag || packet.From != present.PeerTag ? UvbStatus.Stale
                : AnswerInSession(present, packet, body);
            if (status == UvbStatus.Done)
            {
                present.NewAnswer().Write(answer);
            }

            return status;
        }
    }

    private int AnswerHello(UvbSession present, in UvbPacket packet, ReadOnlySpan<byte> body)
    {
        if (
            !UvbNames.TryRead(body, out var names)
            || names.FromNode != Id.Peer.Value
            || names.ToNode != transport.Self.Value
            || names.Die != Id.Die.Value
            || packet.From == 0
        )
        {
            return UvbStatus.Invalid;
        }

        if (present.IsOpen && present.PeerTag != packet.From)
        {
            if (!present.IsLeftByPeer)
            {
                present.RequestEnd("the peer has begun anew");
            }

            return UvbStatus.Again;
        }

        present.PeerTag = packet.From;
        bell.Ring();
        return UvbStatus.Done;
    }

    private int AnswerInSession(UvbSession present, in UvbPacket packet, ReadOnlySpan<byte> body)
    {
        present.NoteTaken(packet.EventsTaken, packet.BulkTaken);
        switch (packet.Kind)
        {
            case PacketKind.Data:
                if (!present.Receives[packet.Lane].TryPlace(packet.Sequence, body, Now))
                {
                    present.RequestEnd("the peer sends more than it may");
                    return UvbStatus.NoRoom;
                }

                break;
            case PacketKind.Bye or PacketKind.ByeOfLink:
                present.NoteBye(packet.Kind == PacketKind.ByeOfLink);
                break;
            default:
                // What has been taken may be what was waited for.
                bell.Ring();
                break;
        }

        return UvbStatus.Done;
    }

    private void NoteFailed(LinkLoss loss, string reason)
    {
        WhyNot = reason;
        if (lastLoss != loss)
        {
            transport.Log.AttemptFailed(Id, loss, reason);
            Lose(loss);
        }
    }

    private void Lose(LinkLoss loss)
    {
        lastLoss = loss;
        transport.Sink.Closed(Id, loss);
    }
}
