using System.Buffers.Binary;
using System.Diagnostics;

namespace ClusterRas.Beds;

/// <summary>When each node sent its last heartbeats on each link, as frames that enter the switch show it; and which come through after a mend.</summary>
/// <remarks>Reads HTTP/2 and protobuf as far as it must to know a heartbeat. What was sent again by TCP counts once. Segments that begin in the
/// middle of a frame are passed over; heartbeats are small and leave alone.</remarks>
public sealed class HeartbeatTap
{
    private const int Remembered = 16;
    private const int EthernetLength = 14;
    private const int Ip6Length = 40;
    private const int Http2HeaderLength = 9;
    private const int GrpcHeaderLength = 5;
    private readonly Lock gate = new();
    private readonly Dictionary<(int From, int To, int Die), Queue<(long At, bool TakesTurns)>> beats = [];
    private readonly Dictionary<
        (int From, int To, int Die),
        (long MendedAt, TaskCompletionSource<TimeSpan> Heard)
    > awaited = [];
    private readonly Dictionary<(UInt128, UInt128, uint), uint> sequences = [];

    /// <summary>Starts to listen, on threads of its own.</summary>
    public void Open()
    {
        foreach (var isLeaving in new[] { false, true })
        {
            var socket = new PacketSocket(isLeaving);
            new Thread(() => Listen(socket, isLeaving))
            {
                IsBackground = true,
                Name = isLeaving ? "heartbeats out" : "heartbeats in",
                Priority = ThreadPriority.AboveNormal,
            }.Start();
        }
    }

    /// <summary>Heartbeats seen so far.</summary>
    public long Count { get; private set; }

    /// <summary>Newest heartbeat of a direction, and when the next is due, on <see cref="Stopwatch"/>'s clock; null: none yet.</summary>
    /// <param name="every">Between two heartbeats to a peer; the rails share them while the heartbeat says that they take turns.</param>
    public (long At, long NextDueAt)? Newest(int from, int to, int die, TimeSpan every)
    {
        lock (gate)
        {
            if (!beats.TryGetValue((from, to, die), out var list))
            {
                return null;
            }

            var (at, takesTurns) = list.Last();
            var until = every * (takesTurns ? BedMap.DieCount : 1);
            return (at, at + (long)(until.TotalSeconds * Stopwatch.Frequency));
        }
    }

    /// <summary>True if one of that direction came between two instants.</summary>
    public bool HasBetween(int from, int to, int die, long after, long before)
    {
        lock (gate)
        {
            return beats.TryGetValue((from, to, die), out var list)
                && list.Any(beat => beat.At > after && beat.At < before);
        }
    }

    /// <summary>From a mend to the first heartbeat of that direction that the switch lets through after it.</summary>
    /// <remarks>What enters proves nothing: where a cut is still in force, a node that has not yet noticed says its heartbeats into it.</remarks>
    public Task<TimeSpan> FirstAfter(int from, int to, int die, long mendedAt)
    {
        lock (gate)
        {
            var heard = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
            if (awaited.Remove((from, to, die), out var before))
            {
                before.Heard.TrySetCanceled();
            }

            awaited.Add((from, to, die), (mendedAt, heard));
            return heard.Task;
        }
    }

    /// <summary>These directions are cut, or an end of theirs goes down: what is awaited of them says nothing any more.</summary>
    public void Forget(Func<(int From, int To, int Die), bool> isHit)
    {
        lock (gate)
        {
            foreach (var link in awaited.Keys.Where(isHit).ToList())
            {
                awaited[link].Heard.TrySetCanceled();
                awaited.Remove(link);
            }
        }
    }

    private void Listen(PacketSocket socket, bool isLeaving)
    {
        var buffer = new byte[2048];
        while (true)
        {
            var length = socket.Receive(buffer, out var at);
            if (!isLeaving || IsAnyAwaited())
            {
                Take(buffer.AsSpan(..length), at, isLeaving);
            }
        }
    }

    private bool IsAnyAwaited()
    {
        lock (gate)
        {
            return awaited.Count > 0;
        }
    }

    private void Take(ReadOnlySpan<byte> frame, long at, bool isLeaving)
    {
        if (frame.Length < EthernetLength + Ip6Length + 20)
        {
            return;
        }

        var ip = frame[EthernetLength..];
        var (source, target) = (
            BinaryPrimitives.ReadUInt128BigEndian(ip[8..]),
            BinaryPrimitives.ReadUInt128BigEndian(ip[24..])
        );
        var tcp = ip[Ip6Length..];
        var content = tcp[Math.Min(tcp.Length, (tcp[12] >> 4) * 4)..];
        var link = ((int)(source & 0xffff), (int)(target & 0xffff), (int)((source >> 80) & 0xffff));
        var (ports, sequence) = (
            BinaryPrimitives.ReadUInt32BigEndian(tcp),
            BinaryPrimitives.ReadUInt32BigEndian(tcp[4..])
        );
        if ((!isLeaving && IsSentAgain(source, target, ports, sequence)) || !HasHeartbeat(content, out var takesTurns))
        {
            return;
        }

        if (isLeaving)
        {
            Hear(link, at);
        }
        else
        {
            Remember(link, at, takesTurns);
        }
    }

    private void Remember((int From, int To, int Die) link, long at, bool takesTurns)
    {
        lock (gate)
        {
            Count++;
            var list = beats.TryGetValue(link, out var known) ? known : beats[link] = new Queue<(long, bool)>();
            list.Enqueue((at, takesTurns));
            if (list.Count > Remembered)
            {
                list.Dequeue();
            }
        }
    }

    // Sent again or not: it came through.
    private void Hear((int From, int To, int Die) link, long at)
    {
        lock (gate)
        {
            if (awaited.TryGetValue(link, out var wish) && at > wish.MendedAt)
            {
                awaited.Remove(link);
                wish.Heard.TrySetResult(Stopwatch.GetElapsedTime(wish.MendedAt, at));
            }
        }
    }

    // TCP's numbers wrap; what is not ahead of the last is old. One thread only.
    private bool IsSentAgain(UInt128 source, UInt128 target, uint ports, uint sequence)
    {
        var flow = (source, target, ports);
        if (sequences.TryGetValue(flow, out var last) && unchecked((int)(sequence - last)) <= 0)
        {
            return true;
        }

        if (sequences.Count > 20_000)
        {
            sequences.Clear();
        }

        sequences[flow] = sequence;
        return false;
    }

    // Frames of HTTP/2, one after the other: 24 bits of length, then the type, 0 for data.
    private static bool HasHeartbeat(ReadOnlySpan<byte> content, out bool takesTurns)
    {
        takesTurns = false;
        while (content.Length > Http2HeaderLength)
        {
            var length = (content[0] << 16) | (content[1] << 8) | content[2];
            var type = content[3];
            if (type > 9)
            {
                return false;
            }

            var body = content[Http2HeaderLength..Math.Min(content.Length, Http2HeaderLength + length)];
            if (type == 0 && HasHeartbeatMessage(body, out takesTurns))
            {
                return true;
            }

            content = content[Math.Min(content.Length, Http2HeaderLength + length)..];
        }

        return false;
    }

    // Each message: a byte that says whether it is compressed, 4 of length.
    private static bool HasHeartbeatMessage(ReadOnlySpan<byte> body, out bool takesTurns)
    {
        takesTurns = false;
        while (body.Length > GrpcHeaderLength && body[0] == 0)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(body[1..]);
            var message = body[GrpcHeaderLength..(int)Math.Min(body.Length, GrpcHeaderLength + length)];
            if (IsHeartbeat(message, out takesTurns))
            {
                return true;
            }

            body = body[(int)Math.Min(body.Length, GrpcHeaderLength + length)..];
        }

        return false;
    }

    // LinkFrame.frame = 2, in it Frame.heartbeat = 4 (link.proto); before it only numbers.
    private static bool IsHeartbeat(ReadOnlySpan<byte> message, out bool takesTurns)
    {
        takesTurns = false;
        if (message.Length < 2 || message[0] != 0x12)
        {
            return false;
        }

        var rest = message[1..];
        _ = Varint(ref rest);
        while (rest.Length > 0)
        {
            var tag = Varint(ref rest);
            switch (tag & 7)
            {
                case 0:
                    _ = Varint(ref rest);
                    break;
                case 1:
                    rest = rest[Math.Min(8, rest.Length)..];
                    break;
                default:
                    takesTurns = SaysTurns(rest);
                    return tag >> 3 == 4;
            }
        }

        return false;
    }

    // Heartbeat.takes_turns = 6, a bool; before it only numbers and what begins with its length.
    private static bool SaysTurns(ReadOnlySpan<byte> rest)
    {
        var length = Varint(ref rest);
        rest = rest[..(int)Math.Min(length, (ulong)rest.Length)];
        while (rest.Length > 0)
        {
            var tag = Varint(ref rest);
            var value = Varint(ref rest);
            if (tag == 6 << 3)
            {
                return value != 0;
            }

            if ((tag & 7) == 2)
            {
                rest = rest[(int)Math.Min(value, (ulong)rest.Length)..];
            }
        }

        return false;
    }

    private static ulong Varint(ref ReadOnlySpan<byte> rest)
    {
        ulong value = 0;
        for (var shift = 0; rest.Length > 0 && shift < 64; shift += 7)
        {
            var next = rest[0];
            rest = rest[1..];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
            {
                break;
            }
        }

        return value;
    }
}
