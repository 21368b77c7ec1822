using System.Globalization;
using ClusterRas.Protocol;

namespace ClusterRas.Console.View;

/// <summary>One incident as a story: what was said, by whom, what came of it, and what is still missing.</summary>
public static class IncidentPicture
{
    /// <summary>One line of the list.</summary>
    public static IncidentSummary Summary(NodeStatus status, Incident incident, long nowUnixMs)
    {
        var acked = incident.Releases.Count(release => release.Outcome == ReleaseOutcome.Acked);
        return new IncidentSummary(
            incident.Id.Index.Value,
            status.Of(incident.Victim),
            Names.Of(incident.Kind),
            LevelOf(incident),
            incident.IsOpen,
            incident.IsTold,
            IsSilent(incident),
            IsDrill(incident),
            Names.Of(incident.Verdict),
            incident.Reports.Count,
            acked,
            incident.Releases.Count,
            incident.OpenedIn.Value,
            nowUnixMs - (long)(status.At - incident.ClaimedAt).TotalMilliseconds,
            incident.Closed is { } reason ? Names.Of(reason) : "open",
            Sentence(status, incident, acked),
            incident.Reports.Count
                + incident.Releases.Count
                + incident.Results.Count
                + incident.Notices.Count
                + (incident.IsAnswered ? 1 : 0)
                + (incident.FellSilent ? 1 : 0)
                + (incident.Silence is null ? 0 : 1)
                + (incident.IsOpen ? 0 : 1)
        );
    }

    /// <summary>All that the ledger holds of it.</summary>
    public static IncidentView Whole(NodeStatus status, Incident incident, Moments moments, long nowUnixMs) =>
        new(
            Summary(status, incident, nowUnixMs),
            incident.Life.Boot == default
                ? $"tag {incident.Life.Tag.ToString(CultureInfo.InvariantCulture)}, boot not known"
                : $"boot {incident.Life.Boot}, tag {incident.Life.Tag.ToString(CultureInfo.InvariantCulture)}",
            Silence(status, incident),
            Window(incident),
            Story(status, incident, moments),
            [
                .. incident.Releases.Select(release => new AnswerView(
                    release.Index.Value,
                    status.Of(release.Report.Witness),
                    Names.Of(release.Verdict),
                    Names.Of(release.Outcome),
                    release.Outcome switch
                    {
                        ReleaseOutcome.Acked => Level.Good,
                        ReleaseOutcome.NobodyWaits => Level.Unknown,
                        _ => Level.Bad,
                    },
                    release.LeftMs
                )),
            ],
            HandlersOf(incident),
            Told(status, incident),
            Evidence(incident),
            [.. incident.Reports.Select(report => Raw(status, report))]
        );

    private static Level LevelOf(Incident incident) =>
        !incident.IsOpen ? Level.Good
        : incident.Kind.IsFatal() ? Level.Bad
        : Level.Weak;

    private static bool IsSilent(Incident incident) => incident.FellSilent || incident.Kind == EventKind.Silent;

    private static bool IsDrill(Incident incident) =>
        incident.Reports.Exists(report => report.Words.Id.Door == ReportDoor.Drill);

    private static string Sentence(NodeStatus status, Incident incident, int acked)
    {
        var name = status.Of(incident.Victim);
        var what =
            incident.Reports.Count == 0
                ? $"{name} fell silent and nobody said why"
                : incident.Kind switch
                {
                    EventKind.Panic => $"the kernel of {name} panicked",
                    EventKind.KernelReboot => $"the kernel of {name} goes down in good order",
                    EventKind.PowerOff => $"{name} was asked to power off",
                    EventKind.OutOfMemory => $"{name} ran short of memory",
                    EventKind.MemoryFault => $"{name} met a memory fault",
                    EventKind.LinkChange => $"a port of {name} changed",
                    _ => $"{name}: {Names.Of(incident.Kind)}",
                };
        if (incident.Reports.Count > 0 && incident.Kind.IsFatal())
        {
            var witnesses = incident.Reports.Select(report => report.Words.Id.Witness).Distinct().Count();
            what += string.Create(
                CultureInfo.InvariantCulture,
                $", {witnesses} {(witnesses == 1 ? "witness" : "witnesses")}, {acked} acked"
            );
        }

        return char.ToUpperInvariant(what[0]) + what[1..];
    }

    private static string Silence(NodeStatus status, Incident incident)
    {
        if (incident.Silence is not { } silence)
        {
            return IsSilent(incident) ? "fell silent; by whom it was heard last is not stored" : "";
        }

        var last = silence.Last is { AgoMs: { } ago } sight
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"last heard by {status.Of(sight.By)} over DIE {sight.Die.Value}, {ago} ms before it was declared silent"
            )
            : "nobody had heard it since their own start";
        return silence.Asked.Count == 0
            ? last
            : $"{last}; asked for in vain through {string.Join(", ", silence.Asked.Select(node => status.Of(node)))}";
    }

    private static WindowView? Window(Incident incident)
    {
        WindowView? shortest = null;
        foreach (var report in incident.Reports)
        {
            if (
                report is { Words.WindowMs: { } whole, LeftMs: { } left }
                && (shortest is null || left < shortest.LeftMs)
            )
            {
                shortest = new WindowView(whole, left, null);
            }
        }

        return shortest is null
            ? null
            : shortest with
            {
                AckLeftMs = incident.Releases.Find(release => release.Outcome == ReleaseOutcome.Acked)?.LeftMs,
            };
    }

    private static List<StoryStep> Story(NodeStatus status, Incident incident, Moments moments)
    {
        var steps = new List<StoryStep>();
        foreach (var report in incident.Reports)
        {
            var left = report.LeftMs is { } ms ? $", {Seconds(ms)} of its window left" : "";
            var age = report.AgeMs > 0 ? $", said {Seconds(report.AgeMs)} before the master had it" : "";
            steps.Add(
                At(
                    report.Index,
                    "word",
                    $"{status.Of(report.Words.Id.Witness)} says {Names.Of(report.Words.Kind)} of {status.Of(incident.Victim)} ({Names.Of(report.Words.Id.Door)}{age}{left})"
                )
            );
        }

        if (incident.Reports.Count == 0)
        {
            steps.Add(At(incident.Id.Index, "silence", $"The master declares {status.Of(incident.Victim)} silent"));
        }

        if (incident.Silence is { } silence)
        {
            steps.Add(At(silence.Index, "silence", "Silent on every rail: " + Silence(status, incident)));
        }

        steps.AddRange(
            incident.Releases.Select(release =>
                At(
                    release.Index,
                    release.Outcome == ReleaseOutcome.Acked ? "ack" : "no ack",
                    $"Answer \"{Names.Of(release.Verdict)}\" at {status.Of(release.Report.Witness)}: {Names.Of(release.Outcome)}"
                        + (release.LeftMs is { } ms ? $", {Seconds(ms)} of the window left" : "")
                )
            )
        );
        if (incident.ClosedAt is { } closedAt && incident.Closed is { } reason)
        {
            var by = incident.ClosedBy.Length > 0 ? $" ({incident.ClosedBy})" : "";
            steps.Add(At(closedAt, reason == CloseReason.Rebooted ? "rejoin" : "end", $"{Names.Of(reason)}{by}"));
        }

        steps.Sort((left, right) => Nullable.Compare(left.Index, right.Index));
        if (incident.IsAnswered)
        {
            // Its entry is not remembered; it came before the first answer that says more than "recorded".
            var before = steps.FindIndex(step => step.What is "ack" or "no ack");
            steps.Insert(
                before < 0 ? steps.Count : before,
                new StoryStep(null, null, "handlers", $"The handlers have answered: {Names.Of(incident.Verdict)}")
            );
        }

        return steps;

        StoryStep At(LogIndex index, string what, string text) => new(index.Value, moments.Of(index), what, text);
    }

    private static List<HandlerOutcomeView> HandlersOf(Incident incident)
    {
        var shown = new List<HandlerOutcomeView>();
        foreach (var handler in incident.Handlers)
        {
            var result = incident.Results.FirstOrDefault(one => one.Handler == handler.Name);
            shown.Add(
                result is null
                    ? new HandlerOutcomeView(handler.Name, "no answer yet", Level.Unknown, "", "")
                    : new HandlerOutcomeView(
                        handler.Name,
                        Names.Of(result.Outcome),
                        result.Outcome == HandlerOutcome.Done ? Level.Good : Level.Bad,
                        result.Result.ToString(CultureInfo.InvariantCulture),
                        result.Message
                    )
            );
        }

        return shown;
    }

    private static List<ToldView> Told(NodeStatus status, Incident incident) =>
        [
            .. incident
                .Notices.GroupBy(notice => (notice.Channel, notice.Moment))
                .Select(group => group.Last())
                .Select(notice => new ToldView(
                    notice.Channel,
                    notice.Moment == NoticeMoment.Opened ? "that it began" : "that it is over",
                    Names.Of(notice.Stage),
                    notice.Stage switch
                    {
                        NoticeStage.Sent => Level.Good,
                        NoticeStage.Failed or NoticeStage.Unknown => Level.Bad,
                        _ => Level.Unknown,
                    },
                    notice.Attempt,
                    status.Of(notice.By),
                    notice.Detail
                )),
        ];

    private static List<EvidenceSlot> Evidence(Incident incident) =>
        incident.Kind.IsFatal()
            ?
            [
                new("last words", incident.Reports.Count > 0, Count(incident.Reports.Count, "word")),
                new(
                    "ack",
                    incident.IsAcked,
                    Count(
                        incident.Releases.Count(release => release.Outcome == ReleaseOutcome.Acked),
                        "witness",
                        "witnesses"
                    )
                ),
                new("silence on our links", IsSilent(incident), IsSilent(incident) ? "declared" : ""),
                // Nothing fills these yet: they are shown empty, so that nobody takes their absence for "all is well".
                new("console tail", false, ""),
                new("crash dump", false, ""),
                new("reset by the management controller", false, ""),
                new(
                    "rejoin",
                    incident.Closed == CloseReason.Rebooted,
                    incident.Closed == CloseReason.Rebooted ? "a new life" : ""
                ),
            ]
            : [new("last words", incident.Reports.Count > 0, Count(incident.Reports.Count, "word"))];

    private static string Count(int count, string one, string? many = null) =>
        count == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? one : many ?? one + "s")}");

    private static RawWord Raw(NodeStatus status, Evidence report)
    {
        var words = report.Words;
        return new RawWord(
            report.Index.Value,
            status.Of(words.Id.Witness),
            Names.Of(words.Id.Door),
            Names.Of(words.Kind),
            words.Id.High.ToString(CultureInfo.InvariantCulture),
            words.Id.Low.ToString(CultureInfo.InvariantCulture),
            words.VictimEid?.ToString(),
            words.VictimCna?.Value.ToString(CultureInfo.InvariantCulture),
            words.VictimNode is { } node ? status.Of(node) : null,
            words.VictimBoot == default ? "" : words.VictimBoot.Value.ToString("x32", CultureInfo.InvariantCulture),
            words.Tag,
            Names.Of(words.Waiter),
            words.WindowMs,
            report.AgeMs,
            report.LeftMs,
            Names.Of(words.Detail),
            status.Frames.TryGetValue(words.Id, out var links)
                ? [.. links.Select(link => new FrameCount(status.Of(link.Key.Peer), link.Key.Die.Value, link.Value))]
                : []
        );
    }

    private static string Seconds(long ms) =>
        ms < 1000
            ? string.Create(CultureInfo.InvariantCulture, $"{ms} ms")
            : string.Create(CultureInfo.InvariantCulture, $"{ms / 1000.0:0.0} s");
}
