using ClusterRas.Protocol;
using ClusterRas.Transport.Uvb.Native;

namespace ClusterRas.Transport.Uvb;

/// <summary>The part that makes calls: the link's own thread, as long as there is a port.</summary>
internal sealed partial class UvbLink
{
    private static readonly TimeSpan BusyPause = TimeSpan.FromMilliseconds(1);

    private byte[] outgoing = [];

    /// <summary>Says hello until there is a session, serves it, and begins again when it is over; blocks until it is stopped and all is
    /// closed.</summary>
    public void Run(UvbPort port, CancellationToken stop)
    {
        using var woken = stop.UnsafeRegister(static link => ((UvbLink)link!).bell.Ring(), this);
        outgoing = new byte[port.WindowBytes];
        while (!before.IsCompleted && !stop.IsCancellationRequested)
        {
            bell.Wait(transport.Options.RedialFirst);
        }

        var pause = transport.Options.RedialFirst;
        while (!stop.IsCancellationRequested)
        {
            using var made = new UvbSession(this, SessionTag.New(), transport.Options.QueueFramesMax);
            session = made;
            var began = Now;
            var reason = "closed here";
            if (TryOpen(port, made, stop))
            {
                began = Now;
                reason = Serve(port, made, stop);
            }

            End(made, reason);
            if (Now - began >= transport.Options.LivesFor)
            {
                pause = transport.Options.RedialFirst;
            }

            Rest(Jittered(pause), stop);
            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, transport.Options.RedialMax.Ticks));
        }
    }

    private bool TryOpen(UvbPort port, UvbSession made, CancellationToken stop)
    {
        var pause = transport.Options.RedialFirst;
        while (!stop.IsCancellationRequested)
        {
            var heard = made.PeerTag;
            var status = SayHello(port, made);
            if (status == UvbStatus.Done)
            {
                if (IsHeardToo(made, stop))
                {
                    made.Open();
                    lastLoss = null;
                    WhyNot = null;
                    transport.Log.SessionOpen(Id, made.Tag, made.PeerTag);
                    transport.Sink.Opened(Id);
                    return true;
                }

                if (made.PeerTag == heard && !stop.IsCancellationRequested)
                {
                    NoteFailed(LinkLoss.Unreachable, "it answers, but does not call");
                }

                continue;
            }

            NoteUnanswered(status);
            if (status != UvbStatus.Again && made.PeerTag != 0)
            {
                // The peer may have heard this hello, and so believe in a session that is none: another tag tells it so.
                return false;
            }

            var until = Environment.TickCount64 + (long)Jittered(pause).TotalMilliseconds;
            while (
                made.PeerTag == heard
                && !stop.IsCancellationRequested
                && until - Environment.TickCount64 is > 0 and var left
            )
            {
                bell.Wait(TimeSpan.FromMilliseconds(left));
            }

            pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, transport.Options.RedialMax.Ticks));
        }

        return false;
    }

    private int SayHello(UvbPort port, UvbSession made)
    {
        var body = outgoing.AsSpan(UvbPacket.Size, UvbNames.Size);
        new UvbNames((ushort)transport.Self.Value, (ushort)Id.Peer.Value, (byte)Id.Die.Value).Write(body);
        var packet = made.NewPacket(PacketKind.Hello) with { To = 0 };
        var status = Call(port, packet, UvbNames.Size, transport.Options.CallWithin, out var answer);
        if (status == UvbStatus.Done)
        {
            made.NoteAnswered(answer);
        }

        return status;
    }

    private void NoteUnanswered(int status)
    {
        switch (status)
        {
            case UvbStatus.Again:
                WhyNot = "the peer is ending what was before";
                break;
            case UvbStatus.NobodyThere:
                NoteFailed(LinkLoss.Refused, $"nobody has CNA {Address.Peer}");
                break;
            case UvbStatus.NotAllowed:
                NoteFailed(LinkLoss.Refused, $"CNA {Address.Peer} does not know this node's");
                break;
            default:
                NoteFailed(LinkLoss.Unreachable, ReasonOf(status));
                break;
        }
    }

    // The peer says hello as soon as it hears ours.
    private bool IsHeardToo(UvbSession made, CancellationToken stop)
    {
        var until = Environment.TickCount64 + (long)transport.Options.OpenWithin.TotalMilliseconds;
        while (made.PeerTag != made.AnsweredTag && !stop.IsCancellationRequested)
        {
            var heard = made.PeerTag;
            if (until - Environment.TickCount64 is not (> 0 and var left))
            {
                return false;
            }

            bell.Wait(TimeSpan.FromMilliseconds(left));
            if (made.PeerTag != heard && made.PeerTag != made.AnsweredTag)
            {
                // It has begun anew since it answered: so we ask again.
                return false;
            }
        }

        return !stop.IsCancellationRequested;
    }

    /// <returns>Why it has ended.</returns>
    private string Serve(UvbPort port, UvbSession present, CancellationToken stop)
    {
        var spokenAt = Environment.TickCount64;
        long? lastCall = null;
        while (true)
        {
            var now = Environment.TickCount64;
            if (present.EndReason is { } reason)
            {
                return reason;
            }

            if (stop.IsCancellationRequested)
            {
                SayBye(port, present, PacketKind.Bye);
                return transport.IsEnding ? "this node is ending" : "the device is gone";
            }

            if (present.IsLeftByPeer || present.IsFinishing)
            {
                lastCall ??= now + (long)LingerMax.TotalMilliseconds;
            }

            if (present.IsLeftByPeer && (present.IsHandedUp || now >= lastCall))
            {
                return "the peer has ended it";
            }

            if (present.IsFinishing && (present.IsDrained || now >= lastCall))
            {
                SayBye(port, present, PacketKind.ByeOfLink);
                return "closed here";
            }

            if (!present.IsLeftByPeer && SaySomething(port, present, now - spokenAt))
            {
                spokenAt = Environment.TickCount64;
                continue;
            }

            var probeAt = present.IsLeftByPeer
                ? long.MaxValue
                : spokenAt + (long)transport.Options.ProbeAfter.TotalMilliseconds;
            var next = Math.Min(probeAt, lastCall ?? long.MaxValue);
            bell.Wait(TimeSpan.FromMilliseconds(Math.Max(1, next - now)));
        }
    }

    /// <returns>False: there was nothing to say.</returns>
    private bool SaySomething(UvbPort port, UvbSession present, long quietMs)
    {
        var hasSpoken = false;
        for (byte lane = 0; lane < present.Sends.Length && present.EndReason is null; lane++)
        {
            var part = present.Sends[lane].Next(port.WindowBytes - UvbPacket.OverheadMax);
            if (part.Length > 0)
            {
                part.CopyTo(outgoing.AsSpan(UvbPacket.Size));
                var packet = present.NewPacket(PacketKind.Data) with
                {
                    Lane = lane,
                    Sequence = present.Sends[lane].NoteLeaving(),
                };
                if (Say(port, present, packet, part.Length, transport.Options.CallWithin))
                {
                    present.Sends[lane].NoteSent(part.Length);
                }

                hasSpoken = true;
            }
        }

        if (
            !hasSpoken
            && (isProbeWanted || present.IsNewsDue || quietMs >= (long)transport.Options.ProbeAfter.TotalMilliseconds)
        )
        {
            Say(port, present, present.NewPacket(PacketKind.Probe), 0, transport.Options.CallWithin);
            hasSpoken = true;
        }

        isProbeWanted &= !hasSpoken;
        return hasSpoken;
    }

    private void SayBye(UvbPort port, UvbSession present, PacketKind kind) =>
        Say(port, present, present.NewPacket(kind), 0, transport.Options.ByeWithin);

    private bool Say(UvbPort port, UvbSession present, in UvbPacket packet, int length, TimeSpan within)
    {
        var status = Call(port, packet, length, within, out var answer);
        if (status == UvbStatus.Done)
        {
            present.NoteTaken(answer.EventsTaken, answer.BulkTaken);
            return true;
        }

        present.RequestEnd(ReasonOf(status));
        return false;
    }

    private int Call(UvbPort port, in UvbPacket packet, int length, TimeSpan within, out UvbAnswer answer)
    {
        packet.Write(outgoing);
        answer = default;
        Span<byte> room = stackalloc byte[UvbAnswer.Size];
        var until = Environment.TickCount64 + (long)within.TotalMilliseconds;
        while (true)
        {
            var back = room;
            var status = port.Call(Address.Peer, outgoing.AsSpan(0, UvbPacket.Size + length), ref back, within);
            if (status == UvbStatus.Busy && Environment.TickCount64 < until)
            {
                // All windows are taken, and the library has waited for one already.
                bell.Wait(BusyPause);
                continue;
            }

            return status == UvbStatus.Done && !UvbAnswer.TryRead(back, out answer) ? UvbStatus.Invalid : status;
        }
    }

    private string ReasonOf(int status) =>
        status switch
        {
            UvbStatus.TimedOut => $"CNA {Address.Peer} has not answered a call (errno 110)",
            UvbStatus.Stale => "the peer knows nothing of this session",
            UvbStatus.NobodyThere => $"nobody has CNA {Address.Peer} any more",
            _ => $"a call to CNA {Address.Peer} failed (errno {-status})",
        };

    private void End(UvbSession which, string reason)
    {
        lock (gate)
        {
            which.BeginEnd();
            session = null;
        }

        while (!which.IsIdle)
        {
            bell.Wait(LingerMax);
        }

        if (which.IsOpen)
        {
            WhyNot = reason;
            transport.Log.SessionEnd(Id, which.Tag, reason);
            if (which.IsClosedByPeer && !which.IsFinishing)
            {
                transport.Sink.ClosedByPeer(Id);
            }

            Lose(LinkLoss.Closed);
        }
    }

    private void Rest(TimeSpan time, CancellationToken stop)
    {
        var until = Environment.TickCount64 + (long)time.TotalMilliseconds;
        while (!stop.IsCancellationRequested && until - Environment.TickCount64 is > 0 and var left)
        {
            bell.Wait(TimeSpan.FromMilliseconds(left));
        }
    }

    private static TimeSpan Jittered(TimeSpan pause) => pause * (0.75 + (Random.Shared.NextDouble() / 2));
}
