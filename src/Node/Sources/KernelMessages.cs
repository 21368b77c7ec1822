using ClusterRas.Fabric;
using ClusterRas.Protocol;
using ClusterRas.Sentry;

namespace ClusterRas.Node.Sources;

/// <summary>Words of stock kernels that say them to this node's own jetty, where no driver of theirs stands between.</summary>
/// <remarks>
/// A kernel says its event once a second until somebody answers, on each DIE by itself. The first copy is raised; the answer is sent
/// when the cluster has given it, and again with each copy that comes later, for then it has not arrived. The messages have no number:
/// the eid, the number that the sender's kernel drew when it started, and the instant of the first copy name the word.
/// </remarks>
internal sealed class KernelMessages(
    int number,
    IReadOnlySet<EventKind> kinds,
    Witness witness,
    Func<Instant> clock,
    Func<Die, Eid, NodeMessage, bool> say,
    ILogger log
) : IEventSource
{
    /// <summary>Of each node a panic and a reboot on two DIEs.</summary>
    private const int HeldMax = Limits.NodeCountMax * Limits.DieCountMax * 2;

    /// <summary>A kernel that goes on later than this after its window says something new.</summary>
    private static readonly TimeSpan CopiesEndWithin = TimeSpan.FromSeconds(2);

    private readonly Lock gate = new();
    private readonly OrderedDictionary<(EventKind Kind, Eid Eid), Held> held = [];
    private Action<Input> into = static _ => { };
    private long refused;

    /// <inheritdoc />
    public string Name => "urma";

    /// <inheritdoc />
    public int Number => number;

    private DeviceRef Device => new(number, 1, KeepsCopies: false);

    /// <inheritdoc />
    public void Start(Action<Input> into)
    {
        lock (gate)
        {
            this.into = into;
        }
    }

    /// <summary>A message of 40 bytes has come on a jetty of this node; from any thread.</summary>
    /// <param name="from">Whose it is by the adapter's word.</param>
    public void Hear(Die die, Eid from, NodeMessage message)
    {
        if (KindOf(message) is not { } kind)
        {
            return;
        }

        if (message.Eid != from || !kinds.Contains(kind))
        {
            Refuse(message.Eid != from ? $"it speaks of {message.Eid}" : $"{kind} is off", from);
            return;
        }

        lock (gate)
        {
            var now = clock();
            if (held.TryGetValue((kind, from), out var known) && known.IsCopy(message, now))
            {
                if (known.Answer is { } answer && now <= known.Report.WindowEnds)
                {
                    say(known.Die, from, answer);
                    return;
                }
            }
            else
            {
                known = Hold(kind, die, from, message, now);
            }

            into(new Input.Raised(known.Report, Device));
        }
    }

    /// <inheritdoc />
    public void Release(Effect.Release release)
    {
        lock (gate)
        {
            var outcome = Answer(release, out var reason);
            if (outcome != ReleaseOutcome.Acked)
            {
                SourceLog.NotReleased(log, release.Report, Name, outcome, reason);
            }

            into(new Input.Released(release.Report, outcome));
        }
    }

    /// <summary>Nothing more is handed on.</summary>
    public ValueTask DisposeAsync()
    {
        Start(static _ => { });
        return ValueTask.CompletedTask;
    }

    private static EventKind? KindOf(NodeMessage message) =>
        message.Type switch
        {
            NodeMessageType.Panic => EventKind.Panic,
            NodeMessageType.KernelReboot => EventKind.KernelReboot,
            _ => null,
        };

    private ReleaseOutcome Answer(Effect.Release release, out string reason)
    {
        var at = held.Values.ToList().FindIndex(one => one.Report.Id == release.Report);
        if (at < 0)
        {
            reason = "its sender has said something else since";
            return ReleaseOutcome.Overtaken;
        }

        var (key, known) = held.GetAt(at);
        if (clock() > known.Report.WindowEnds)
        {
            reason = "its window is over";
            return ReleaseOutcome.Late;
        }

        reason = "there is no way to its jetty now";
        if (known.Message.AckWith((uint)release.Result) is not { } answer || !say(known.Die, key.Eid, answer))
        {
            return ReleaseOutcome.Failed;
        }

        held.SetAt(at, known with { Answer = answer });
        return ReleaseOutcome.Acked;
    }

    private Held Hold(EventKind kind, Die die, Eid from, NodeMessage message, Instant now)
    {
        // As the driver would have numbered it: unlike any other of this boot of either kernel.
        var msgid = ((ulong)die.Value << 56) | ((ulong)message.Cna << 32) | message.RandomId;
        var start = (ulong)now.Nanoseconds;
        var cna = new Cna(message.Cna);
        DeviceRecord record =
            kind == EventKind.Panic
                ? new DeviceRecord.Panic(msgid, start, message.TimeoutMs, cna, from)
                : new DeviceRecord.KernelReboot(msgid, start, message.TimeoutMs, cna, from);
        held.Remove((kind, from));
        if (held.Count >= HeldMax)
        {
            held.RemoveAt(0);
        }

        var made = new Held(witness.Report(record, now), die, message, null);
        held.Add((kind, from), made);
        return made;
    }

    // Told at 1, 2, 4, 8...: whoever floods us shall not flood the log.
    private void Refuse(string why, Eid from)
    {
        var count = Interlocked.Increment(ref refused);
        if ((count & (count - 1)) == 0)
        {
            SourceLog.MessageRefused(log, from, why, count);
        }
    }

    /// <summary>What a kernel waits for.</summary>
    /// <param name="Answer">Null: not given yet.</param>
    private sealed record Held(Report Report, Die Die, NodeMessage Message, NodeMessage? Answer)
    {
        public bool IsCopy(NodeMessage message, Instant now) =>
            message == Message && (Report.WindowEnds is not { } ends || now <= ends + CopiesEndWithin);
    }
}
