using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>Whom this node misses, and what it does about it before anybody is called silent (protocol.md 10).</summary>
/// <remarks>The master suspects, and asks the suspect through peers and over every rail whether it lives. Everybody else tells the
/// master at once whom it misses, instead of with its next beat.</remarks>
internal sealed class SilenceWatch(LinkTable links, SelfLink echo, ProtocolOptions options, Outlet outlet)
{
    private readonly Instant startedAt = outlet.Now;
    private readonly SortedDictionary<NodeId, Suspicion> suspicions = [];
    private readonly Dictionary<NodeId, (Instant At, Life Life)> answers = [];
    private readonly HashSet<NodeId> missed = [];
    private ulong number;

    /// <summary>This node is master, and what it says stands.</summary>
    public required Func<bool> IsMaster { get; init; }

    /// <summary>The log has an open claim that this node is silent.</summary>
    public required Func<NodeId, bool> IsKnown { get; init; }

    /// <summary>Tells the master now whom this node hears.</summary>
    public required Action TellVector { get; init; }

    /// <summary>Sends a heartbeat to this node itself.</summary>
    public required Action BeatToSelf { get; init; }

    public Instant NextWake { get; private set; } = outlet.Now;

    /// <summary>The last frame of a node, or its answer to a probe, whatever way that came; its link's or this process's beginning if there is none.</summary>
    public Instant SignOf(NodeId node)
    {
        var heard = links.HeardAt(node) ?? Instant.Max(startedAt, links.AddedAt(node));
        return answers.TryGetValue(node, out var answer) ? Instant.Max(heard, answer.At) : heard;
    }

    /// <summary>When a node last answered a probe in this life; null: never.</summary>
    public Instant? AnswerOf(NodeId node, Life life) =>
        answers.TryGetValue(node, out var answer) && answer.Life == life ? answer.At : null;

    /// <summary>Who was asked for this node; empty: nobody could be, or it is not suspected.</summary>
    public EquatableArray<NodeId> AskedFor(NodeId node) =>
        suspicions.TryGetValue(node, out var suspicion) ? suspicion.Through : default;

    /// <summary>It was asked, had its time to answer, and what had come here by then has been taken.</summary>
    public bool WasAskedInVain(NodeId node) =>
        suspicions.TryGetValue(node, out var suspicion)
        && RipeAt(suspicion) <= outlet.Now
        && echo.TakenUpTo >= RipeAt(suspicion);

    /// <summary>Suspects on whom the log has nothing yet and of whom only the others' word is missing.</summary>
    public NodeId[] Overdue() =>
        suspicions.Count == 0 ? [] : [.. suspicions.Keys.Where(node => !IsKnown(node) && WasAskedInVain(node))];

    /// <summary>Looks who is missed; does nothing before it is time.</summary>
    public void Wake()
    {
        if (outlet.Now < NextWake)
        {
            return;
        }

        var isMaster = IsMaster();
        if (!isMaster)
        {
            suspicions.Clear();
        }

        var next = outlet.Now + options.SuspectAfter;
        foreach (var peer in links.Peers)
        {
            next = Instant.Min(next, isMaster ? Suspect(peer) : Miss(peer));
        }

        NextWake = Instant.Max(next, outlet.Now + TimeSpan.FromMilliseconds(1));
    }

    /// <summary>Another master: what it knows of us is as old as our last beat.</summary>
    public void OnMasterChanged()
    {
        missed.Clear();
        NextWake = outlet.Now;
    }

    /// <summary>A suspect has answered.</summary>
    /// <param name="via">From whom the frame came.</param>
    public void OnReply(NodeId from, Message.LifeReply reply, NodeId via)
    {
        if (!suspicions.TryGetValue(from, out var suspicion) || suspicion.Number != reply.Number)
        {
            return;
        }

        answers[from] = (outlet.Now, reply.Life);
        suspicions.Remove(from);
        outlet.Note(new Fact.SuspicionRefuted(from, via == from ? null : via));
        NextWake = outlet.Now;
    }

    /// <summary>Time in which this process did not run, or did not take what had come, is charged to nobody.</summary>
    /// <param name="takenUpTo">What had come before this has been taken all the same: who was given up by then had its time.</param>
    public void OnPaused(TimeSpan pause, Instant takenUpTo = default)
    {
        foreach (var suspicion in suspicions.Values)
        {
            if (RipeAt(suspicion) > takenUpTo)
            {
                suspicion.AskedAt = Instant.Min(suspicion.AskedAt + pause, outlet.Now);
            }
        }

        foreach (var (node, answer) in answers.ToArray())
        {
            answers[node] = answer with { At = Instant.Min(answer.At + pause, outlet.Now) };
        }
    }

    private Instant RipeAt(Suspicion suspicion) => suspicion.AskedAt + options.ProbeWithin;

    /// <returns>When to look again.</returns>
    private Instant Suspect(NodeId peer)
    {
        var sign = SignOf(peer);
        if (outlet.Now - sign <= options.SuspectAfter)
        {
            if (suspicions.Remove(peer))
            {
                outlet.Note(new Fact.SuspicionRefuted(peer, null));
            }

            return sign + options.SuspectAfter + TimeSpan.FromMicroseconds(1);
        }

        if (!suspicions.TryGetValue(peer, out var suspicion))
        {
            suspicion = suspicions[peer] = new Suspicion();
            Ask(peer, suspicion);
            outlet.Note(new Fact.NodeSuspected(peer, outlet.Now - sign, suspicion.Through));
        }
        else if (outlet.Now - suspicion.AskedAt > options.SilentAfter && links.IsHeardBySomebody(outlet.Now, peer))
        {
            // Somebody hears it. It may answer through that one, and else the old question is no proof once nobody does.
            Ask(peer, suspicion);
        }

        if (outlet.Now < RipeAt(suspicion))
        {
            return RipeAt(suspicion);
        }

        if (echo.TakenUpTo < RipeAt(suspicion) && !echo.IsUnderway(RipeAt(suspicion)))
        {
            BeatToSelf();
        }

        return outlet.Now + options.HeartbeatEvery;
    }

    private void Ask(NodeId peer, Suspicion suspicion)
    {
        suspicion.Number = ++number;
        suspicion.AskedAt = outlet.Now;
        suspicion.Through = links.Ask(outlet.Now, peer, new Message.LifeProbe(suspicion.Number), outlet);
    }

    /// <returns>When to look again.</returns>
    private Instant Miss(NodeId peer)
    {
        if (links.HeardAt(peer) is not { } heard)
        {
            return Instant.Never;
        }

        // Vectors count whole milliseconds.
        var missedAt = heard + options.SilentAfter + TimeSpan.FromMilliseconds(1);
        if (outlet.Now < missedAt)
        {
            missed.Remove(peer);
            return missedAt;
        }

        if (missed.Add(peer))
        {
            TellVector();
        }

        return Instant.Never;
    }

    private sealed class Suspicion
    {
        public ulong Number { get; set; }

        public Instant AskedAt { get; set; }

        public EquatableArray<NodeId> Through { get; set; }
    }
}
