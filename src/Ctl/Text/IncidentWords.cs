using System.Globalization;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Text;

/// <summary>Parts of an incident in plain words, as list, show and watch say them.</summary>
internal sealed class IncidentWords(NodeNames names)
{
    /// <summary><c>panic of n05 (drill)</c>.</summary>
    public string TitleOf(Incident incident) =>
        $"{NounOf(incident.Kind)} of {VictimOf(incident)}{(incident.Drill ? " (drill)" : "")}";

    /// <summary><c>silence</c>, <c>memory fault</c>: where the short word alone would not read.</summary>
    public static string NounOf(EventKind kind) =>
        kind switch
        {
            EventKind.Silent => "silence",
            EventKind.PowerOff => "power-off",
            EventKind.OutOfMemory => "memory shortage",
            EventKind.MemoryFault => "memory fault",
            EventKind.LinkChange => "link change",
            _ => Plain(Words.Of(kind)),
        };

    public string VictimOf(Incident incident) => Printable.Of(names.Of(incident.Victim, incident.VictimNodeName));

    /// <summary><c>open</c> or <c>closed: rebooted</c>.</summary>
    public static string StateOf(Incident incident) =>
        incident.State != IncidentState.Closed ? Plain(Words.Of(incident.State))
        : incident.ClosedBy.Length > 0
            ? $"closed: {Plain(Words.Of(incident.CloseReason))} {Printable.Of(incident.ClosedBy)}"
        : $"closed: {Plain(Words.Of(incident.CloseReason))}";

    public static Tone ToneOf(Incident incident) => incident.State == IncidentState.Open ? Tone.Bad : Tone.Plain;

    /// <summary><c>n01 read "panic" from its device, 2 ms before the master had it; 34.98 s of 35 s left</c>.</summary>
    public string Of(ReportView report)
    {
        var kind = Plain(Words.Of(report.Kind));
        var how = report.Door switch
        {
            ReportDoor.Device => $"read \"{kind}\" from its device",
            ReportDoor.Said => $"was told \"{kind}\"",
            ReportDoor.Drill => $"was told \"{kind}\" as a drill",
            _ => $"says \"{kind}\" ({Plain(Words.Of(report.Door))})",
        };
        var age = $"{Spans.OfMs(report.AgeMs)} before the master had it";
        var witness = Printable.Of(names.Of(report.Witness, report.WitnessNodeName));
        return $"{witness} {how}, {age}; {LeftOf(report)}{DetailOf(report)}";
    }

    /// <summary><c>n01 acked: handled, 34.9 s of the window left</c>.</summary>
    public string Of(ReleaseView release)
    {
        var witness = Printable.Of(names.Of(release.Witness, release.WitnessNodeName));
        var left = release.HasLeftMs ? $", {Spans.OfMs(release.LeftMs)} of the window left" : "";
        var verdict = Plain(Words.Of(release.Verdict));
        return release.Outcome switch
        {
            ReleaseOutcome.Acked => $"{witness} acked: {verdict}{left}",
            ReleaseOutcome.Late => $"{witness} was late: the window was over, nothing was acked",
            ReleaseOutcome.NoSuchMessage => $"{witness} found nobody waiting: its kernel knows no such message{left}",
            ReleaseOutcome.Overtaken => $"{witness} did not ack: another event has taken the number{left}",
            ReleaseOutcome.Failed => $"{witness} could not ack{left}",
            ReleaseOutcome.NobodyWaits => $"{witness} had nobody waiting for an ack",
            _ => $"{witness}: {Plain(Words.Of(release.Outcome))}{left}",
        };
    }

    /// <summary><c>heard last by n03 over DIE 1, 1.06 s before the master found it silent</c>.</summary>
    public static string LastOf(SilenceView silence, NodeNames names)
    {
        var last = silence.Sights.Where(sight => sight.HasAgoMs).MinBy(sight => sight.AgoMs);
        return last is null
            ? "nobody who was asked had ever heard it"
            : $"heard last by {Printable.Of(names.Of(last.By, last.ByNodeName))} over DIE {last.Die}, "
                + $"{Spans.OfMs(last.AgoMs)} before the master found it silent";
    }

    /// <summary><c>DIE 0 1.1 s before</c>, or <c>DIE 1 never</c>.</summary>
    public static string Of(SightView sight)
    {
        var when = sight.HasAgoMs ? $"{Spans.OfMs(sight.AgoMs)} before" : "never";
        return $"DIE {sight.Die} {when}{(sight.Refused ? ", and its machine refuses connections" : "")}";
    }

    /// <summary><c>fence: done, "powered off"</c>.</summary>
    public static string Of(HandlerResult result)
    {
        var message = result.Message.Length > 0 ? $", \"{Printable.Of(result.Message)}\"" : "";
        return $"{Printable.Of(result.Handler)}: {Plain(Words.Of(result.Outcome))}{ResultOf(result.Result)}{message}";
    }

    /// <summary><c>sent by n02, HTTP 200, 1 try</c>.</summary>
    public static string Of(NoticeView notice)
    {
        var by = notice.ByNodeName.Length > 0 ? $" by {Printable.Of(notice.ByNodeName)}" : "";
        var attempt = notice.Attempt > 1 ? $", attempt {notice.Attempt}" : "";
        var detail = notice.Detail.Length > 0 ? $", {Printable.Of(notice.Detail)}" : "";
        return $"{Plain(Words.Of(notice.Stage))}{by}{attempt}{detail}";
    }

    /// <summary><c>handled</c>, or <c>failed, result 3</c>.</summary>
    public static string AnswerOf(Verdict verdict, ulong result) => $"{Plain(Words.Of(verdict))}{ResultOf(result)}";

    // Zero is what everybody hopes for: no veto, nothing to say.
    private static string ResultOf(ulong result) => result > 0 ? $", result {result}" : "";

    private static string LeftOf(ReportView report) =>
        !report.HasLeftMs ? "no window"
        : report.HasWindowMs ? $"{Spans.OfMs(report.LeftMs)} of {Spans.OfMs(report.WindowMs)} left"
        : $"{Spans.OfMs(report.LeftMs)} left";

    private static string DetailOf(ReportView report) =>
        report.DetailCase switch
        {
            ReportView.DetailOneofCase.Text => $"; \"{Printable.Of(report.Text)}\"",
            ReportView.DetailOneofCase.OutOfMemory => $"; NUMA nodes {string.Join(", ", report.OutOfMemory.NumaNodes)}"
                + (report.OutOfMemory.Sync ? ", synchronous" : ", asynchronous"),
            ReportView.DetailOneofCase.MemoryFault => string.Create(
                CultureInfo.InvariantCulture,
                $"; physical address 0x{report.MemoryFault.PhysicalAddress:x}, type {report.MemoryFault.MemoryType}"
            ),
            ReportView.DetailOneofCase.LinkChange =>
                $"; port {report.LinkChange.PortId} went {(report.LinkChange.Up ? "up" : "down")}",
            _ => "",
        };

    private static string Plain(string word) => Words.Plain(word);
}
