using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Text;

/// <summary>Incidents for people: as a table, and one in full.</summary>
internal sealed class IncidentText(Page page, NodeNames names)
{
    private readonly IncidentWords words = new(names);

    public void WriteList(IReadOnlyCollection<Incident> incidents)
    {
        if (incidents.Count == 0)
        {
            page.Line("no incidents");
            return;
        }

        var sheet = new Sheet("ID", "VICTIM", "KIND", "STATE", "VERDICT", "REPORTS", "ACKED", "OPENED", "NOTE");
        foreach (var incident in incidents)
        {
            var notes = (string[])[incident.Drill ? "drill" : "", incident.Silent ? "silent" : ""];
            sheet.Add(
                $"{incident.Id}",
                words.VictimOf(incident),
                Words.Plain(Words.Of(incident.Kind)),
                new Cell(IncidentWords.StateOf(incident), IncidentWords.ToneOf(incident)),
                incident.Verdict == Verdict.Unspecified ? "" : Words.Plain(Words.Of(incident.Verdict)),
                $"{incident.ReportCount}",
                $"{incident.AckedCount}",
                incident.HasOpenedUnixMs ? Spans.Time(incident.OpenedUnixMs) : "",
                string.Join(", ", notes.Where(note => note.Length > 0))
            );
        }

        page.Table(sheet);
    }

    /// <summary>Everything, in the order in which it happened.</summary>
    public void WriteOne(Incident incident)
    {
        page.Line($"incident {incident.Id}: {words.TitleOf(incident)}, {IncidentWords.StateOf(incident)}");
        page.Line($"  life      {LifeOf(incident)}");
        page.Line($"  silent    {(incident.Silent ? "yes, on our own links too" : "no, or not yet")}");
        page.Line();
        var opened = incident.HasOpenedUnixMs ? $", {Spans.Time(incident.OpenedUnixMs)} here" : "";
        Step("opened", $"in term {incident.OpenedTerm}{opened}", incident.Id);
        if (incident.Reports.Count == 0)
        {
            Step("", "nobody said anything: declared silent by the master");
        }

        WriteSilence(incident);
        foreach (var report in incident.Reports)
        {
            Step("word", words.Of(report), report.LogIndex);
        }

        if (incident.ReportCount > incident.Reports.Count)
        {
            Step("word", $"{incident.ReportCount - incident.Reports.Count} more were counted and not stored");
        }

        WriteHandlers(incident);
        if (incident.Verdict != Verdict.Unspecified)
        {
            Step("answer", IncidentWords.AnswerOf(incident.Verdict, incident.Result));
        }

        foreach (var release in incident.Releases)
        {
            Step("release", words.Of(release), release.LogIndex);
        }

        if (incident.ReleaseCount > incident.Releases.Count)
        {
            Step("release", $"{incident.ReleaseCount - incident.Releases.Count} more were counted and not stored");
        }

        WriteNotices(incident);
        WriteEnd(incident);
    }

    private void WriteSilence(Incident incident)
    {
        if (incident.Silence is not { } silence)
        {
            return;
        }

        Step("silent", IncidentWords.LastOf(silence, names), silence.LogIndex);
        foreach (var observer in silence.Sights.GroupBy(sight => names.Of(sight.By, sight.ByNodeName)))
        {
            Step("", $"{Printable.Of(observer.Key)}: {string.Join("; ", observer.Select(IncidentWords.Of))}");
        }

        var asked = string.Join(", ", silence.AskedNodeNames.Select(Printable.Of));
        Step("", asked.Length == 0 ? "nobody was there to ask it through" : $"asked in vain through {asked}");
    }

    private void WriteHandlers(Incident incident)
    {
        var answered = incident.HandlerResults.Select(result => result.Handler).ToHashSet(StringComparer.Ordinal);
        foreach (var result in incident.HandlerResults)
        {
            Step("handler", IncidentWords.Of(result));
        }

        foreach (var waiting in incident.Handlers.Where(handler => !answered.Contains(handler)))
        {
            Step(
                "handler",
                $"{Printable.Of(waiting)}: no answer {(incident.Verdict == Verdict.Unspecified ? "yet" : "recorded")}"
            );
        }

        if (incident.Handlers.Count == 0)
        {
            Step("handler", "none was declared for it");
        }
    }

    private void WriteNotices(Incident incident)
    {
        foreach (var notice in incident.Notices)
        {
            Step(
                "notice",
                $"{Printable.Of(notice.Channel)}, {Words.Plain(Words.Of(notice.Moment))}: {IncidentWords.Of(notice)}"
            );
        }
    }

    private void WriteEnd(Incident incident)
    {
        if (incident.State != IncidentState.Closed)
        {
            Step("open", $"until {words.VictimOf(incident)} is back, or: rasctl events close {incident.Id}");
            return;
        }

        var why = incident.CloseReason switch
        {
            CloseReason.Rebooted => $"{words.VictimOf(incident)} is back with a new life",
            CloseReason.Cancelled => $"{words.VictimOf(incident)} took its word back",
            CloseReason.Contradicted => $"{words.VictimOf(incident)} lived on long after the window",
            CloseReason.Operator => $"by an operator: {Printable.Of(incident.ClosedBy)}",
            CloseReason.Noted => "told, and nothing more to come",
            CloseReason.HeardAgain => $"{words.VictimOf(incident)} is heard again in the same life",
            _ => Words.Plain(Words.Of(incident.CloseReason)),
        };
        var closed = incident.HasClosedUnixMs ? $", {Spans.Time(incident.ClosedUnixMs)} here" : "";
        Step("closed", $"{why}{closed}", incident.ClosedIndex);
    }

    private static string LifeOf(Incident incident)
    {
        var boot = incident.Life is { Boot.Length: > 0 } life ? $"boot {Printable.Of(life.Boot)}" : "boot not known";
        var tag = incident.Life is { Tag: > 0 } tagged ? $", tag {tagged.Tag}" : "";
        return $"{boot}{tag}{(incident.Claim > 0 ? $"; claims survived before: {incident.Claim}" : "")}";
    }

    private void Step(string what, string text, ulong logIndex = 0)
    {
        var index = logIndex > 0 ? $"#{logIndex}" : "";
        page.Line($"  {what, -8}  {index, -6}  {text}".TrimEnd());
    }
}
