using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

internal sealed partial class MasterMachine
{
    /// <summary>Appends what a word means, if the log does not have it yet.</summary>
    private void Fold(PooledReport held)
    {
        var report = held.Report;
        var ageMs = Math.Max(0, (long)(outlet.Now - report.RaisedAt).TotalMilliseconds);
        long? leftMs = report.WindowEnds is { } ends ? Math.Max(0, (long)(ends - outlet.Now).TotalMilliseconds) : null;
        switch (Folding.Decide(appended, report, map.Topology, options))
        {
            case FoldDecision.New fresh:
                raft.Propose(
                    new EntryPayload.Opened(
                        fresh.Victim,
                        fresh.Life,
                        fresh.Claim,
                        report.Words.Kind,
                        report.Words,
                        ageMs,
                        leftMs,
                        HandlersFor(report.Words.Kind)
                    )
                );
                break;
            case FoldDecision.Into into when into.Incident.Reports.Count < Incident.EvidenceMax:
                raft.Propose(new EntryPayload.Reported(into.Incident.Id, report.Words, ageMs, leftMs));
                break;
            case FoldDecision.Into into:
                beyondLimit[into.Incident.Id] = beyondLimit.GetValueOrDefault(into.Incident.Id) + 1;
                break;
            case FoldDecision.UnknownVictim:
                outlet.Note(new Fact.UnknownVictim(report.Id, Address(report.Words)));
                break;
            default:
                break;
        }
    }

    private EquatableArray<HandlerDeclaration> HandlersFor(EventKind kind)
    {
        var handlers = new List<HandlerDeclaration>();
        foreach (var (declaration, _) in appended.Handlers.Values)
        {
            foreach (var wanted in declaration.Kinds)
            {
                if (wanted == kind)
                {
                    handlers.Add(declaration);
                }
            }
        }

        return new([.. handlers]);
    }

    private void AnswerAll()
    {
        foreach (var held in unanswered.ToArray())
        {
            Answer(held);
        }
    }

    /// <summary>Answers a witness, if the committed log says what (S5) and the time has come (H4).</summary>
    private void Answer(PooledReport held)
    {
        if (!raft.IsReady)
        {
            return;
        }

        var report = held.Report;
        var incident = Book().FindByReport(report.Id) ?? CommittedBeyondLimit(report);
        if (incident is null)
        {
            // A word that is appended stands, whoever has left the map meanwhile. And no entry says that a victim is unknown: a master
            // that was deposed without knowing it yet must not say so by its old map.
            if (
                appended.FindByReport(report.Id) is null
                && Folding.Victim(report.Words, map.Topology) is null
                && raft.HasLedAt(held.AskedAt)
            )
            {
                SendAnswer(held, null, Verdict.UnknownVictim, 0);
            }

            return;
        }

        if (IsLateEvidence(incident, report.Id))
        {
            SendAnswer(held, incident, Verdict.Closed, 0);
        }
        else if (incident.IsAnswered)
        {
            SendAnswer(held, incident, incident.Verdict, incident.Result);
        }
        else if (!RequiresHandlers(incident) || report.WindowEnds is null || IsOver(incident))
        {
            SendAnswer(held, incident, Verdict.Recorded, 0);
        }
        else if (outlet.Now >= held.AckBy)
        {
            // Nothing but a veto is safe to say for handlers that have not spoken.
            SendAnswer(held, incident, Verdict.Recorded, incident.Kind == EventKind.PowerOff ? 1UL : 0);
        }
    }

    private void SendAnswer(PooledReport held, Incident? incident, Verdict verdict, ulong result)
    {
        unanswered.Remove(held);
        var answer = new Message.Answering(held.Report.Id, incident?.Id, verdict, result, raft.Term, outlet.Now);
        outlet.Note(new Fact.AnswerSent(held.Report.Id, incident?.Id, verdict));
        if (held.Witness == self)
        {
            ToOwnReporter(answer);
        }
        else
        {
            outlet.Send(held.Witness, answer, Spread.All);
        }
    }

    /// <summary>Beyond the limit of stored words, the incident itself is what the answer stands on.</summary>
    /// <remarks>Not for a word that is appended and waits for its own commit.</remarks>
    private Incident? CommittedBeyondLimit(Report report) =>
        beyondLimit.Count > 0
        && appended.FindByReport(report.Id) is null
        && Folding.Decide(Book(), report, map.Topology, options) is FoldDecision.Into { Incident: var incident }
        && beyondLimit.ContainsKey(incident.Id)
            ? incident
            : null;

    /// <summary>F4: the word was appended after the incident had closed.</summary>
    private static bool IsLateEvidence(Incident incident, ReportId report)
    {
        if (incident.ClosedAt is not { } closedAt || incident.Closed == CloseReason.Noted)
        {
            return false;
        }

        var evidence = incident.Reports.Find(known => known.Words.Id == report);
        return evidence is null || evidence.Index.CompareTo(closedAt) > 0;
    }

    /// <summary>Closed for good: whatever handlers still do, the victim does not wait for it any more.</summary>
    private static bool IsOver(Incident incident) => incident.Closed is not (null or CloseReason.Noted);

    private static bool RequiresHandlers(Incident incident)
    {
        foreach (var handler in incident.Handlers)
        {
            if (handler.Required)
            {
                return true;
            }
        }

        return false;
    }

    private Instant AckByOf(Incident incident)
    {
        var earliest = Instant.Never;
        foreach (var evidence in FindCommitted(incident.Id)?.Reports ?? [])
        {
            if (pool.TryGetValue(evidence.Words.Id, out var held))
            {
                earliest = Instant.Min(earliest, held.AckBy);
            }
        }

        return earliest;
    }

    private static string Address(Words words) =>
        words.VictimEid?.ToString() ?? words.VictimCna?.ToString() ?? words.VictimNode?.ToString() ?? "nobody";
}
