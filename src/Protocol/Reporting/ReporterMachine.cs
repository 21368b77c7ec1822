using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>Words caught on this node, on their way out: release by the window, delivery until answered (protocol.md 3, 4).</summary>
internal sealed class ReporterMachine
{
    private const int DoneMax = 1000;
    public static readonly TimeSpan CopyWithin = TimeSpan.FromMilliseconds(1200);
    private static readonly TimeSpan ReleasingEvery = TimeSpan.FromSeconds(1);

    private readonly NodeId self;
    private readonly ProtocolOptions options;
    private readonly Outlet outlet;
    private readonly SortedDictionary<long, ReportCase> open = [];
    private readonly Dictionary<ReportId, ReportCase> cases = [];
    private readonly Queue<ReportCase> done = new();
    private readonly LastRead lastRead = new();
    private readonly HashSet<ReportId> withheld = [];
    private readonly Instant startedAt;
    private long order;

    public ReporterMachine(
        NodeId self,
        Life life,
        StoredState stored,
        ProtocolOptions options,
        Outlet outlet,
        Instant now
    )
    {
        this.self = self;
        this.options = options;
        this.outlet = outlet;
        startedAt = now;
        foreach (var kept in stored.Outbox)
        {
            // The descriptor that it came from is gone with the old process, and with another boot so is the window (D1).
            // Another boot's clock means nothing here, but that the word is older than this boot.
            var report =
                kept.Report.Id.Boot == life.Boot
                    ? kept.Report
                    : kept.Report with
                    {
                        RaisedAt = Instant.Zero,
                        WindowEnds = now,
                        AgeIsAtLeast = true,
                    };
            var restored = new ReportCase(++order, report, null) { SendAt = now, LostDevice = kept.Device is not null };
            cases[report.Id] = restored;
            open.Add(restored.Order, restored);
        }
    }

    /// <summary>The map in force here has the node that the words are about.</summary>
    public required Func<Words, bool> KnowsVictim { get; init; }

    /// <summary>Where words go: the master believed in, and every control node.</summary>
    public required Func<IEnumerable<NodeId>> Targets { get; init; }

    /// <summary>Hands a word to the master's room of this very node.</summary>
    public required Action<Report> ToOwnMaster { get; init; }

    /// <summary>Hands a release to the master believed in; this node included.</summary>
    public required Action<Message.Releasing> TellReleasing { get; init; }

    /// <summary>The log already says so.</summary>
    public required Func<Message.Releasing, bool> IsRecorded { get; init; }

    /// <summary>Words that no master has answered yet.</summary>
    public int OutboxCount => open.Values.Count(known => known.Answer is null);

    public Instant NextWake
    {
        get
        {
            var wake = Instant.Never;
            if (open.Count == 0)
            {
                // Mostly, and asked for after every frame: to look through nothing costs as much as the rest of the step.
                return wake;
            }

            foreach (var known in open.Values)
            {
                wake = Instant.Min(wake, known.SendAt);
                if (known.Answer is null && !known.WindowIsOver)
                {
                    wake = Instant.Min(wake, known.Report.WindowOverAt);
                }
            }

            return wake;
        }
    }

    /// <summary>This process stood still: what it reads now, the kernel may have shown at any time since its last step.</summary>
    /// <remarks>So the copy that an ack leaves behind may be read that much later and still be that copy (D3).</remarks>
    public void OnPaused(TimeSpan sinceLastStep)
    {
        foreach (var known in cases.Values)
        {
            known.AckedAt += sinceLastStep;
            known.ReleasingSince += sinceLastStep;
        }
    }

    public void OnRaised(Report report, DeviceRef? device)
    {
        if (device is { } at)
        {
            lastRead.Note(at, report.Id);
        }

        // The process before may have acked this very record and left the kernel's trailing copy behind, whose ack would
        // release a later event. The word is taken and the first copy's ack withheld: a kernel that waits shows another.
        var isWithheld = device is { KeepsCopies: true } && report.RaisedAt < startedAt && withheld.Add(report.Id);
        if (cases.TryGetValue(report.Id, out var known))
        {
            known.ReadFrom = device?.Source ?? known.ReadFrom;
            if (!isWithheld)
            {
                OnCopy(known, device);
            }

            return;
        }

        MakeRoom();
        var raised = new ReportCase(++order, report, isWithheld ? null : device)
        {
            LostDevice = isWithheld,
            ReadFrom = device?.Source,
        };
        cases[report.Id] = raised;
        open.Add(raised.Order, raised);
        outlet.WriteOutbox(new StoredReport(report, device));
        outlet.Note(new Fact.WordRaised(report.Words, LeftMs(report)));
        Send(raised);
    }

    public void OnDeviceReopened(DeviceRef device)
    {
        foreach (var known in open.Values)
        {
            if (known.Device is { } from && from.Source == device.Source && from.Epoch != device.Epoch)
            {
                known.Device = null;
                known.LostDevice = true;
            }
        }
    }

    /// <summary>The master has answered a word of this node.</summary>
    public void OnAnswer(Message.Answering answer)
    {
        if (!cases.TryGetValue(answer.Report, out var known) || known.Answer is not null)
        {
            return;
        }

        if (answer.Verdict == Verdict.UnknownVictim && KnowsVictim(known.Report.Words))
        {
            // Two maps: a master that was cut off may have an older one than we. The word is said again until both agree.
            return;
        }

        known.Answer = answer;
        if (IsWaitedFor(known))
        {
            Release(known);
        }
        else
        {
            Deliver(answer, isLate: false);
            Finish(known, ReleaseOutcome.NobodyWaits);
        }
    }

    /// <summary>The runner tells what became of a release.</summary>
    public void OnReleased(ReportId id, ReleaseOutcome outcome)
    {
        if (cases.TryGetValue(id, out var known) && known.Answer is not null)
        {
            known.ReleasingSince = null;
            if (outcome == ReleaseOutcome.Acked)
            {
                known.AckedAt = outlet.Now;
                known.CopySwallowed = false;
            }

            Finish(known, outcome);
        }
    }

    /// <summary>A release came too late out of this process: decide anew, if there is still time.</summary>
    public void OnReturned(Effect.Release release)
    {
        if (cases.TryGetValue(release.Report, out var known) && known.Answer is not null && known.Outcome is null)
        {
            outlet.Note(new Fact.DecisionStale($"release of {release.Report}"));
            known.ReleasingSince = null;
            Release(known);
        }
    }

    /// <summary>The log says what became of a word: nobody needs to be told any more.</summary>
    public void OnCommitted(EntryPayload.Released released)
    {
        if (cases.TryGetValue(released.Report, out var known) && known.Outcome is not null)
        {
            Retire(known);
        }
    }

    /// <summary>A new master: everything that waits goes to it at once.</summary>
    public void OnMasterChanged()
    {
        foreach (var known in open.Values)
        {
            known.SendAt = outlet.Now;
        }
    }

    /// <summary>Windows that are over, and words that are to be said again.</summary>
    public void Wake()
    {
        if (open.Count == 0)
        {
            return;
        }

        foreach (var known in open.Values.ToArray())
        {
            if (known.Answer is null && !known.WindowIsOver && outlet.Now >= known.Report.WindowOverAt)
            {
                known.WindowIsOver = true;
                outlet.Note(new Fact.WindowEnded(known.Report.Id));
                outlet.Emit(new Effect.WindowOver(known.Report.Id));
            }

            if (outlet.Now >= known.SendAt)
            {
                Send(known);
            }
        }
    }

    private void OnCopy(ReportCase known, DeviceRef? device)
    {
        if (device is not null)
        {
            known.Device = device;
            known.LostDevice = false;
        }

        if (known.Answer is not { } answer || known.Outcome is null)
        {
            return;
        }

        if (!IsWaitedFor(known))
        {
            // Its sender says it again because the first answer was lost on the way.
            Deliver(answer, isLate: false);
            return;
        }

        // An ack is under way, or written and not yet told: this may be the very copy that the kernel leaves behind it.
        if (known.ReleasingSince is { } since && outlet.Now - since <= CopyWithin)
        {
            return;
        }

        // The kernel leaves one equal copy behind an ack that it took; to ack it would ack a later event (D3).
        if (
            known.AckedAt is { } ackedAt
            && outlet.Now - ackedAt <= CopyWithin
            && !known.CopySwallowed
            && device is not null
        )
        {
            known.CopySwallowed = true;
            outlet.Note(new Fact.CopySwallowed(known.Report.Id));
            return;
        }

        Release(known);
    }

    private void Release(ReportCase known)
    {
        var answer = known.Answer!;
        if (outlet.Now >= known.Report.WindowOverAt)
        {
            Deliver(answer, isLate: true);
            Finish(known, ReleaseOutcome.Late);
        }
        else if (known.LostDevice || lastRead.HasAnotherThan(known))
        {
            Finish(known, ReleaseOutcome.Overtaken);
        }
        else
        {
            known.ReleasingSince = outlet.Now;
            outlet.Emit(
                new Effect.Release(
                    answer.Report,
                    known.Device,
                    answer.Incident,
                    answer.Verdict,
                    answer.Result,
                    new Decision(answer.Term, outlet.Now)
                )
            );
        }
    }

    private static bool IsWaitedFor(ReportCase known) =>
        known.Report.Words.Waiter != Waiter.Nobody && known.Report.WindowEnds is not null;

    private void Deliver(Message.Answering answer, bool isLate) =>
        outlet.Emit(new Effect.Delivered(answer.Report, answer.Incident, answer.Verdict, isLate));

    private void Send(ReportCase known)
    {
        if (known.Outcome is { } outcome)
        {
            var releasing = new Message.Releasing(
                known.Answer!.Incident!.Value,
                known.Report.Id,
                known.Answer.Verdict,
                outcome,
                known.LeftAtReleaseMs
            );
            if (IsRecorded(releasing))
            {
                Retire(known);
            }
            else
            {
                known.SendAt = outlet.Now + ReleasingEvery;
                TellReleasing(releasing);
            }

            return;
        }

        if (known.Answer is not null)
        {
            // The runner has the release; it will say what became of it.
            known.SendAt = Instant.Never;
            return;
        }

        known.SendAt = outlet.Now + (known.WindowIsOver ? options.DeliverEvery : options.ResendEvery);
        foreach (var target in Targets())
        {
            if (target == self)
            {
                ToOwnMaster(known.Report);
            }
            else
            {
                outlet.Send(target, new Message.Reporting(known.Report), Spread.All);
            }
        }
    }

    private void Finish(ReportCase known, ReleaseOutcome outcome)
    {
        known.Outcome = outcome;
        known.LeftAtReleaseMs = LeftMs(known.Report);
        outlet.Note(new Fact.ReleaseDone(known.Report.Id, known.Answer!.Verdict, outcome, known.LeftAtReleaseMs));
        if (known.Answer.Incident is null || outcome == ReleaseOutcome.NobodyWaits)
        {
            Retire(known);
            return;
        }

        known.SendAt = outlet.Now;
        if (!open.ContainsKey(known.Order))
        {
            open.Add(known.Order, known);
        }

        Send(known);
    }

    /// <summary>How it ended is in the log, or nobody wants to know: only now may the disk forget it (L5).</summary>
    private void Retire(ReportCase known)
    {
        if (open.Remove(known.Order))
        {
            if (known.IsInOutbox)
            {
                known.IsInOutbox = false;
                outlet.DropFromOutbox(known.Report.Id);
            }

            done.Enqueue(known);
            while (done.Count > DoneMax)
            {
                var oldest = done.Dequeue();
                if (!open.ContainsKey(oldest.Order))
                {
                    Forget(oldest);
                }
            }
        }
    }

    private void Forget(ReportCase known)
    {
        cases.Remove(known.Report.Id);
        lastRead.Forget(known);
    }

    /// <summary>The outbox has a limit: the oldest local event goes first, a fatal word last (S12).</summary>
    private void MakeRoom()
    {
        if (open.Count < options.OutboxMax)
        {
            return;
        }

        var victim =
            open.Values.FirstOrDefault(known =>
                known.Report.Words.Kind is EventKind.OutOfMemory or EventKind.LinkChange or EventKind.MemoryFault
            ) ?? open.Values.First();
        open.Remove(victim.Order);
        Forget(victim);
        outlet.DropFromOutbox(victim.Report.Id);
        outlet.Note(new Fact.OutboxShed(victim.Report.Id));
    }

    private long? LeftMs(Report report) =>
        report.WindowEnds is { } ends ? Math.Max(0, (long)(ends - outlet.Now).TotalMilliseconds) : null;
}
