using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>Starts handlers for committed incidents and gathers their answers (H1 to H5). Only the ready master uses it.</summary>
internal sealed class HandlerDesk(ProtocolOptions options, Outlet outlet, NodeId self)
{
    private static readonly TimeSpan PresenceLasts = TimeSpan.FromSeconds(6);

    private readonly SortedDictionary<IncidentId, List<HandlerRun>> runs = [];

    /// <summary>Verdicts that are appended; their runs are kept until the book has them, or they would begin anew.</summary>
    private readonly HashSet<IncidentId> completed = [];
    private readonly SortedDictionary<NodeId, (ulong Process, EquatableArray<string> Names, Instant At)> present = [];

    /// <summary>Told when all that an incident waits for has answered, or cannot any more.</summary>
    /// <remarks>False: not now, ask again.</remarks>
    public required Func<Incident, EquatableArray<HandlerResult>, bool> Completed { get; init; }

    /// <summary>The committed incident; null: not (any more) in the book.</summary>
    public required Func<IncidentId, Incident?> Find { get; init; }

    /// <summary>When the answers of an incident must leave.</summary>
    public required Func<Incident, Instant> AckBy { get; init; }

    public Instant NextWake
    {
        get
        {
            var wake = Instant.Never;
            if (runs.Count == 0)
            {
                return wake;
            }

            foreach (var run in runs.Values.SelectMany(list => list))
            {
                if (run.Result is null)
                {
                    wake = Instant.Min(wake, run.Due);
                }
            }

            return wake;
        }
    }

    public void NotePresent(NodeId node, ulong process, EquatableArray<string> names) =>
        present[node] = (process, names, outlet.Now);

    /// <summary>A new master, or none any more: nothing of the old runs counts.</summary>
    public void Clear()
    {
        runs.Clear();
        completed.Clear();
    }

    /// <summary>The incident is committed: begins what it needs. Called again, it does nothing.</summary>
    public void Begin(Incident incident, Term term)
    {
        if (incident.Handlers.Count == 0 || incident.IsAnswered || runs.ContainsKey(incident.Id))
        {
            return;
        }

        var list = new List<HandlerRun>();
        runs[incident.Id] = list;
        foreach (var declaration in incident.Handlers)
        {
            var run = new HandlerRun(declaration, outlet.Now);
            if (incident.OpenedIn != term && !declaration.Idempotent)
            {
                // Another master may have started it, and it may not be started twice (H3).
                run.Result = new HandlerResult(
                    declaration.Name,
                    HandlerOutcome.Unknown,
                    0,
                    "the master that started it is gone"
                );
            }

            list.Add(run);
        }

        Advance(incident, term);
    }

    /// <summary>A handler's answer.</summary>
    public void OnAnswer(IncidentId id, HandlerResult result, Term term)
    {
        if (runs.TryGetValue(id, out var list) && Find(id) is { } incident)
        {
            var run = list.Find(known => known.Declaration.Name == result.Handler);
            if (run is { Result: null, StartedAt: not null })
            {
                run.Result = result;
                Advance(incident, term);
            }
        }
    }

    /// <summary>A start was given back as too old: it did not happen.</summary>
    public void OnReturned(HandlerCall call, Term term)
    {
        if (call.Term == term && runs.TryGetValue(call.Incident, out var list))
        {
            var run = list.Find(known => known.Declaration.Name == call.Handler);
            if (run is { Result: null })
            {
                run.StartedAt = null;
                run.Due = outlet.Now;
            }
        }
    }

    public void Wake(Term term)
    {
        foreach (var id in runs.Keys.ToArray())
        {
            if (Find(id) is { IsAnswered: false } incident)
            {
                Advance(incident, term);
            }
            else
            {
                runs.Remove(id);
                completed.Remove(id);
            }
        }
    }

    private void Advance(Incident incident, Term term)
    {
        var list = runs[incident.Id];
        foreach (var run in list)
        {
            if (run.Result is null)
            {
                AdvanceRun(incident, run, term);
            }
        }

        var decides = list.Exists(run => run.Declaration.Required) ? list.Where(run => run.Declaration.Required) : list;
        if (decides.All(run => run.Result is not null) && !completed.Contains(incident.Id))
        {
            EquatableArray<HandlerResult> results = new([
                .. list.Where(run => run.Result is not null).Select(run => run.Result!),
            ]);
            if (Completed(incident, results))
            {
                completed.Add(incident.Id);
            }
        }
    }

    private void AdvanceRun(Incident incident, HandlerRun run, Term term)
    {
        var name = run.Declaration.Name;
        if (run.StartedAt is not null)
        {
            if (outlet.Now >= run.Due)
            {
                run.Result = new HandlerResult(name, HandlerOutcome.TimedOut, 0, "no answer by its deadline");
            }

            return;
        }

        if (run.Declaration.NeedsSilence && !incident.FellSilent && incident.Kind != EventKind.Silent)
        {
            run.Due = Instant.Min(AckBy(incident), run.CreatedAt + run.Declaration.Deadline);
            if (outlet.Now >= run.Due)
            {
                run.Result = new HandlerResult(
                    name,
                    HandlerOutcome.TimedOut,
                    0,
                    "the victim did not fall silent in time"
                );
            }

            return;
        }

        if (Where(name) is not { } node)
        {
            run.Due = run.CreatedAt + options.HandlerPresentWithin;
            if (outlet.Now >= run.Due)
            {
                run.Result = new HandlerResult(name, HandlerOutcome.Absent, 0, "not connected within 1 s");
            }

            return;
        }

        Start(incident, run, node, term);
    }

    private void Start(Incident incident, HandlerRun run, NodeId node, Term term)
    {
        var ackBy = AckBy(incident);
        var left = ackBy == Instant.Never ? run.Declaration.Deadline : ackBy - outlet.Now;
        var deadline = left < run.Declaration.Deadline ? left : run.Declaration.Deadline;
        if (deadline <= TimeSpan.Zero)
        {
            // Nobody waits for it any more, but its work is still wanted.
            deadline = run.Declaration.Deadline;
        }

        run.StartedAt = node;
        run.Due = outlet.Now + deadline;
        var words = incident.Reports.Count > 0 ? incident.Reports[0].Words : null;
        var call = new HandlerCall(
            incident.Id,
            run.Declaration.Name,
            incident.Victim,
            incident.Kind,
            words,
            deadline,
            term
        );
        if (node == self)
        {
            outlet.Emit(new Effect.StartHandler(call, new Decision(term, outlet.Now)));
        }
        else
        {
            outlet.Send(node, new Message.HandlerStart(call, present[node].Process, outlet.Now));
        }
    }

    /// <summary>The node where a handler is connected: this one if it is here, else the lowest.</summary>
    private NodeId? Where(string name)
    {
        if (IsAt(self, name))
        {
            return self;
        }

        foreach (var node in present.Keys)
        {
            if (IsAt(node, name))
            {
                return node;
            }
        }

        return null;
    }

    private bool IsAt(NodeId node, string name)
    {
        if (!present.TryGetValue(node, out var there) || outlet.Now - there.At > PresenceLasts)
        {
            return false;
        }

        foreach (var known in there.Names)
        {
            if (known == name)
            {
                return true;
            }
        }

        return false;
    }
}
