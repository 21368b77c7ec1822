using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>Words coming in at a control node: held as follower; folded, committed and answered as master (protocol.md 2, 3, 8).</summary>
internal sealed partial class MasterMachine
{
    private readonly NodeId self;
    private readonly MapInForce map;
    private readonly ProtocolOptions options;
    private readonly Outlet outlet;
    private readonly RaftMachine raft;
    private readonly HandlerDesk desk;
    private readonly HandoverDesk handover;
    private readonly HashSet<IncidentId> alarmed = [];
    private readonly HashSet<IncidentId> transferred = [];
    private readonly Dictionary<IncidentId, long> beyondLimit = [];
    private IncidentBook appended = IncidentBook.Empty;

    public MasterMachine(NodeId self, MapInForce map, ProtocolOptions options, Outlet outlet, RaftMachine raft)
    {
        this.self = self;
        this.map = map;
        this.options = options;
        this.outlet = outlet;
        this.raft = raft;
        desk = new HandlerDesk(options, outlet, self)
        {
            Completed = OnHandlersCompleted,
            Find = FindCommitted,
            AckBy = AckByOf,
        };
        handover = new HandoverDesk(self, map, options, outlet, raft) { Appended = () => appended };
    }

    /// <summary>The committed book.</summary>
    public required Func<IncidentBook> Book { get; init; }

    /// <summary>The book with what this leader has appended; of worth only on a leader.</summary>
    public IncidentBook AppendedBook => appended;

    /// <summary>Judges the wish that a node be stopped: why it is refused; empty: appended. Set by the node machine.</summary>
    public Func<EntryPayload.StopPlanned, string> OnStopWish { get; set; } = _ => "";

    /// <summary>Judges the wish for another map, as above.</summary>
    public Func<EntryPayload.MapChanged, string> OnMapWish { get; set; } = _ => "";

    /// <summary>Hands an answer to the reporter of this very node.</summary>
    public required Action<Message.Answering> ToOwnReporter { get; init; }

    public Instant NextWake
    {
        get
        {
            if (!raft.IsReady)
            {
                return Instant.Never;
            }

            var wake = Instant.Min(Instant.Min(desk.NextWake, nextReview), outcomesDue);
            wake = Instant.Min(wake, handover.NextWake);
            foreach (var held in unanswered)
            {
                if (held.AckBy > outlet.Now)
                {
                    wake = Instant.Min(wake, held.AckBy);
                }
            }

            return wake;
        }
    }

    /// <summary>A word of a witness, for the first time or again.</summary>
    public void OnReport(Report report)
    {
        if (!report.Words.Kind.IsReportable())
        {
            return;
        }

        if (pool.TryGetValue(report.Id, out var held))
        {
            if (report.WindowEnds is { } ends && held.Report.WindowEnds is { } known && ends < known)
            {
                // A later copy may lower what is left, never raise it.
                held.Report = held.Report with
                {
                    WindowEnds = ends,
                };
            }
        }
        else
        {
            held = new PooledReport(report, outlet.Now);
            Hold(held);
            Prune();
            outlet.Note(new Fact.WordReceived(report.Id, report.Id.Witness));
        }

        // The witness waits for a word of us: it has said it (again) since the last answer.
        if (unanswered.Add(held))
        {
            held.AskedAt = outlet.Now;
        }

        if (raft.IsLeader)
        {
            Fold(held);
            Answer(held);
        }
    }

    /// <summary>The master asks nobody: what a handler's node says goes to the desk.</summary>
    public void OnHandlerAnswer(IncidentId incident, HandlerResult result)
    {
        if (raft.IsReady)
        {
            // A handler that runs out of time tells it at the very instant of the answer: who must be answered by now is, first (H4).
            AnswerAll();
            desk.OnAnswer(incident, result, raft.Term);
        }
    }

    /// <summary>A node's life and the handlers connected there.</summary>
    public void OnPresence(NodeId node, Message.Presence presence)
    {
        if (!raft.IsLeader)
        {
            return;
        }

        desk.NotePresent(node, presence.Process, presence.Handlers);
        if (appended.Lives.GetValueOrDefault(node)?.Current != presence.Life)
        {
            raft.Propose(new EntryPayload.Joined(node, presence.Life, presence.Disk));
        }

        if (raft.IsReady)
        {
            desk.Wake(raft.Term);
        }
    }

    /// <summary>A wish of an operator or program.</summary>
    /// <returns>Why it is refused; empty: appended, or so already.</returns>
    public string OnWish(EntryPayload wish)
    {
        if (!raft.IsReady)
        {
            return "this node is not master, or not ready yet";
        }

        switch (wish)
        {
            case EntryPayload.Closed closed:
                if (!appended.Incidents.TryGetValue(closed.Incident, out var incident))
                {
                    return $"no incident {closed.Incident}";
                }

                return !incident.IsOpen || raft.Propose(closed) ? "" : "the master takes no entries now";
            case EntryPayload.HandlerDeclared declared:
                var isKnown =
                    appended.Handlers.TryGetValue(declared.Handler.Name, out var known)
                    && known.Handler == declared.Handler;
                return isKnown || raft.Propose(declared) ? "" : "the master takes no entries now";
            case EntryPayload.StopPlanned stop:
                return OnStopWish(stop);
            case EntryPayload.MapChanged changed:
                return OnMapWish(changed);
            case EntryPayload.HandoverAsked asked:
                return handover.OnWish(asked);
            case EntryPayload.HandlerDropped dropped:
                return !appended.Handlers.ContainsKey(dropped.Name) || raft.Propose(dropped)
                    ? ""
                    : "the master takes no entries now";
            case EntryPayload.Notified or EntryPayload.ChannelDeclared or EntryPayload.Muted or EntryPayload.Unmuted:
                return OnNoticeWish(wish);
            default:
                return $"{wish.GetType().Name} is not a wish that the master grants";
        }
    }

    /// <summary>This leader appended an entry: later words are folded into what it says.</summary>
    public void OnAppended(Entry entry) => appended = appended.Apply(entry, outlet.Now);

    /// <summary>This node has become leader, or is not any more.</summary>
    public void OnLeadership(bool leads)
    {
        desk.Clear();
        handover.Clear();
        ForgetOutcomes();
        if (!leads)
        {
            return;
        }

        appended = Book();
        foreach (var entry in raft.Uncommitted)
        {
            appended = appended.Apply(entry, outlet.Now);
        }

        nextReview = outlet.Now;
        foreach (var held in poolOrder.ToArray())
        {
            Fold(held);
        }
    }

    /// <summary>Entries are committed; on the ready master, what waited for them goes out.</summary>
    public void OnCommitted(EquatableArray<Entry> entries)
    {
        NoteReleased(entries);
        if (!raft.IsReady)
        {
            return;
        }

        foreach (var entry in entries)
        {
            switch (entry.Payload)
            {
                case EntryPayload.NoOp when entry.Term == raft.Term:
                    OnReady();
                    break;
                case EntryPayload.Opened opened:
                    AnnounceOpened(new IncidentId(entry.Index), opened);
                    AnswerAll();
                    break;
                case EntryPayload.Reported or EntryPayload.Answered:
                    AnswerAll();
                    break;
                case EntryPayload.FellSilent:
                    desk.Wake(raft.Term);
                    break;
                case EntryPayload.HandoverAsked asked when entry.Term == raft.Term:
                    handover.Begin(asked);
                    break;
                default:
                    break;
            }
        }
    }

    /// <summary>Deadlines of windows and handlers; and, by its own rhythm, the review of open claims.</summary>
    public void Wake()
    {
        if (!raft.IsReady)
        {
            return;
        }

        AnswerAll();
        desk.Wake(raft.Term);
        handover.Wake();
        if (outlet.Now >= nextReview)
        {
            nextReview = outlet.Now + options.HeartbeatEvery;
            Review();
        }
    }

    /// <summary>A start or an alarm was decided too long ago when the process woke up.</summary>
    public void OnReturned(Effect effect)
    {
        if (!raft.IsReady)
        {
            return;
        }

        if (effect is Effect.StartHandler start)
        {
            outlet.Note(new Fact.DecisionStale($"start of {start.Call.Handler}"));
            desk.OnReturned(start.Call, raft.Term);
        }
        else if (effect is Effect.Alarm alarm)
        {
            outlet.Note(new Fact.DecisionStale($"alarm of incident {alarm.Incident}"));
            outlet.Emit(alarm with { Decision = new Decision(raft.Term, outlet.Now) });
        }
    }

    private Incident? FindCommitted(IncidentId id) => Book().Incidents.GetValueOrDefault(id);

    private void OnReady()
    {
        foreach (var incident in Book().Incidents.Values)
        {
            if (incident.IsOpen || incident.Closed == CloseReason.Noted)
            {
                desk.Begin(incident, raft.Term);
            }
        }

        AnswerAll();
    }

    private void AnnounceOpened(IncidentId id, EntryPayload.Opened opened)
    {
        if (Book().Incidents.TryGetValue(id, out var incident))
        {
            desk.Begin(incident, raft.Term);
        }

        // Once per incident: the master in whose term it was opened tells people, a later one only answers.
        if (incident is not null && incident.OpenedIn == raft.Term && alarmed.Add(id))
        {
            outlet.Emit(new Effect.Alarm(id, opened.Victim, opened.Kind, new Decision(raft.Term, outlet.Now)));
        }

        if (opened.Victim == self)
        {
            StepAside();
        }
    }

    /// <summary>Our own last words: somebody else had better be master by the time that they come true. Once each.</summary>
    private void StepAside()
    {
        if (
            Book().OpenFatal(self) is { Reports.Count: > 0 } incident
            && IsPresentLife(incident)
            && !transferred.Contains(incident.Id)
            && raft.TransferAway()
        )
        {
            transferred.Add(incident.Id);
        }
    }

    private bool OnHandlersCompleted(Incident incident, EquatableArray<HandlerResult> results)
    {
        var verdict = Verdict.Handled;
        ulong result = 0;
        foreach (var answer in results)
        {
            if (answer.Outcome != HandlerOutcome.Done)
            {
                verdict = Verdict.Failed;
            }

            result = incident.Kind == EventKind.OutOfMemory ? result + answer.Result : Math.Max(result, answer.Result);
        }

        if (incident.Kind == EventKind.PowerOff && verdict == Verdict.Failed && result == 0)
        {
            // A required handler that did not answer vetoes, as in the incumbent.
            result = 1;
        }

        return raft.Propose(new EntryPayload.Answered(incident.Id, verdict, result, results));
    }
}
