namespace ClusterRas.Protocol;

/// <summary>A task of this node waits for memory: the handlers here answer at once, the quorum is not asked (protocol.md 9).</summary>
internal sealed class LocalReclaim(Outlet outlet, Instant startedAt)
{
    private const int AnsweredMax = 256;
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(1);

    private readonly SortedDictionary<long, Reclaim> open = [];
    private readonly Dictionary<ReportId, Reclaim> answered = [];
    private readonly Queue<ReportId> answeredOrder = new();
    private readonly HashSet<ReportId> withheld = [];
    private long calls;

    private sealed class Reclaim(Report report, DeviceRef? device, HashSet<string> waiting, Instant answerBy)
    {
        public Report Report => report;

        public DeviceRef? Device { get; private set; } = device;

        /// <summary>It was read at an opening of the device that is over, and not again since: an ack would be for another event.</summary>
        public bool LostDevice { get; private set; }

        public void ReadAgain(DeviceRef? at) => (Device, LostDevice) = (at, false);

        public void Reopened(DeviceRef now)
        {
            if (Device is { } from && from.Source == now.Source && from.Epoch != now.Epoch)
            {
                (Device, LostDevice) = (null, true);
            }
        }

        public Instant? AckedAt { get; set; }

        public Instant? ReleasingSince { get; set; }

        public bool CopySwallowed { get; set; }

        public HashSet<string> Waiting => waiting;

        public Instant AnswerBy => answerBy;

        public ulong PagesFreed { get; set; }
    }

    /// <summary>The declared handlers.</summary>
    public required Func<IEnumerable<HandlerDeclaration>> Handlers { get; init; }

    public Instant NextWake
    {
        get
        {
            var wake = Instant.Never;
            if (open.Count == 0)
            {
                return wake;
            }

            foreach (var reclaim in open.Values)
            {
                wake = Instant.Min(wake, reclaim.AnswerBy);
            }

            return wake;
        }
    }

    /// <summary>Takes a synchronous out-of-memory word.</summary>
    /// <returns>False: it is another word, for the cluster to answer.</returns>
    public bool TryTake(Input.Raised raised, EquatableArray<string> present)
    {
        if (
            raised.Report.Words.Detail is not EventDetail.OutOfMemory { Sync: true }
            || raised.Report.WindowEnds is not { } ends
            || raised.Report.Words.Waiter == Waiter.Nobody
        )
        {
            return false;
        }

        var isWithheld =
            raised.Device is { KeepsCopies: true }
            && raised.Report.RaisedAt < startedAt
            && withheld.Add(raised.Report.Id);
        if (isWithheld)
        {
            return true;
        }

        if (open.Values.FirstOrDefault(reclaim => reclaim.Report.Id == raised.Report.Id) is { } going)
        {
            going.ReadAgain(raised.Device);
            return true;
        }

        if (answered.TryGetValue(raised.Report.Id, out var known))
        {
            OnCopy(known, raised.Device);
            return true;
        }

        var words = raised.Report.Words;
        var answerBy = ends - Margin;
        var left = answerBy - outlet.Now;

        // A record that is read too late leaves them no time: the cluster has the word, and may ask them.
        var wanted = Handlers()
            .Where(handler => handler.Kinds.Contains(EventKind.OutOfMemory) && present.Contains(handler.Name))
            .Where(_ => left > TimeSpan.Zero)
            .ToList();
        var started = new Reclaim(raised.Report, raised.Device, [.. wanted.Select(handler => handler.Name)], answerBy);

        // Negative: these calls have no incident yet, and must not be taken for one.
        var call = new IncidentId(new LogIndex(--calls));
        open.Add(calls, started);
        foreach (var handler in wanted)
        {
            var deadline = left < handler.Deadline ? left : handler.Deadline;
            outlet.Emit(
                new Effect.StartHandler(
                    new HandlerCall(call, handler.Name, words.Id.Witness, words.Kind, words, deadline, default),
                    new Decision(default, outlet.Now)
                )
            );
        }

        ReleaseIfDone(calls, started);
        return true;
    }

    /// <summary>A handler's answer.</summary>
    /// <returns>False: it belongs to an incident of the cluster.</returns>
    public bool OnAnswered(IncidentId call, HandlerResult result)
    {
        if (call.Index.Value >= 0)
        {
            return false;
        }

        if (open.TryGetValue(call.Index.Value, out var reclaim) && reclaim.Waiting.Remove(result.Handler))
        {
            reclaim.PagesFreed += result.Outcome == HandlerOutcome.Done ? result.Result : 0;
            ReleaseIfDone(call.Index.Value, reclaim);
        }

        return true;
    }

    /// <summary>A source is at another opening (D1).</summary>
    public void OnDeviceReopened(DeviceRef device)
    {
        foreach (var reclaim in open.Values)
        {
            reclaim.Reopened(device);
        }
    }

    /// <summary>A release of ours has been carried out.</summary>
    /// <returns>False: it is one of the reporter's.</returns>
    public bool OnReleased(ReportId report, ReleaseOutcome outcome)
    {
        if (!answered.TryGetValue(report, out var reclaim))
        {
            return false;
        }

        reclaim.ReleasingSince = null;
        if (outcome == ReleaseOutcome.Acked)
        {
            reclaim.AckedAt = outlet.Now;
            reclaim.CopySwallowed = false;
        }

        return true;
    }

    public void Wake()
    {
        foreach (var (call, reclaim) in open.ToArray())
        {
            if (outlet.Now >= reclaim.AnswerBy)
            {
                reclaim.Waiting.Clear();
                ReleaseIfDone(call, reclaim);
            }
        }
    }

    private void ReleaseIfDone(long call, Reclaim reclaim)
    {
        if (reclaim.Waiting.Count > 0)
        {
            return;
        }

        open.Remove(call);
        answered[reclaim.Report.Id] = reclaim;
        answeredOrder.Enqueue(reclaim.Report.Id);
        if (answeredOrder.Count > AnsweredMax)
        {
            answered.Remove(answeredOrder.Dequeue());
        }

        Release(reclaim);
    }

    /// <summary>As for any other record: one copy right after an ack is the kernel's own (D3), any other is answered anew.</summary>
    private void OnCopy(Reclaim reclaim, DeviceRef? device)
    {
        reclaim.ReadAgain(device);
        if (reclaim.ReleasingSince is { } since && outlet.Now - since <= ReporterMachine.CopyWithin)
        {
            return;
        }

        if (reclaim.AckedAt is { } at && outlet.Now - at <= ReporterMachine.CopyWithin && !reclaim.CopySwallowed)
        {
            reclaim.CopySwallowed = true;
            outlet.Note(new Fact.CopySwallowed(reclaim.Report.Id));
        }
        else
        {
            Release(reclaim);
        }
    }

    private void Release(Reclaim reclaim)
    {
        if (reclaim.LostDevice)
        {
            // Whoever still waits is read again at the new opening, and answered from memory then.
            outlet.Note(new Fact.ReleaseDone(reclaim.Report.Id, Verdict.Handled, ReleaseOutcome.Overtaken, null));
            return;
        }

        // We were stopped for so long that its kernel has gone on: an ack now would be one for its next event.
        if (outlet.Now >= reclaim.Report.WindowOverAt)
        {
            outlet.Note(new Fact.WindowEnded(reclaim.Report.Id));
            return;
        }

        reclaim.ReleasingSince = outlet.Now;
        outlet.Emit(
            new Effect.Release(
                reclaim.Report.Id,
                reclaim.Device,
                null,
                Verdict.Handled,
                reclaim.PagesFreed,
                new Decision(default, outlet.Now)
            )
        );
    }
}
