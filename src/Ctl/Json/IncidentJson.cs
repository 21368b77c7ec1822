using System.Text.Json;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Json;

/// <summary>An incident with all its evidence.</summary>
internal static class IncidentJson
{
    /// <summary>All fields, in the order of the proto file.</summary>
    public static void Write(Utf8JsonWriter json, Incident incident, NodeNames names)
    {
        json.WriteNumber("id", incident.Id);
        json.WriteString("victim", names.Of(incident.Victim, incident.VictimNodeName));
        StatusJson.WriteLife(json, incident.Life);
        json.WriteNumber("claim", incident.Claim);
        json.Word("kind", Words.Of(incident.Kind));
        json.Word("state", Words.Of(incident.State));
        json.Word("close_reason", Words.Of(incident.CloseReason));
        json.Word("closed_by", incident.ClosedBy);
        json.Number("closed_index", incident.ClosedIndex > 0 ? incident.ClosedIndex : null);
        json.Word("verdict", Words.Of(incident.Verdict));
        json.WriteNumber("result", incident.Result);
        json.WriteNumber("opened_term", incident.OpenedTerm);
        json.WriteBoolean("silent", incident.Silent);
        json.WriteBoolean("drill", incident.Drill);
        json.List("reports", incident.Reports, (to, report) => WriteReport(to, report, names));
        json.WordList("handlers", incident.Handlers);
        json.List("handler_results", incident.HandlerResults, WriteResult);
        json.List("notices", incident.Notices, WriteNotice);
        json.List("releases", incident.Releases, (to, release) => WriteRelease(to, release, names));
        json.WriteNumber("report_count", incident.ReportCount);
        json.WriteNumber("release_count", incident.ReleaseCount);
        json.WriteNumber("acked_count", incident.AckedCount);
        json.Number("opened_unix_ms", incident.HasOpenedUnixMs ? incident.OpenedUnixMs : null);
        json.Number("closed_unix_ms", incident.HasClosedUnixMs ? incident.ClosedUnixMs : null);
        if (incident.Silence is { } silence)
        {
            json.WriteStartObject("silence");
            json.WordList("asked", silence.AskedNodeNames);
            json.List("sights", silence.Sights, (to, sight) => WriteSight(to, sight, names));
            json.WriteNumber("log_index", silence.LogIndex);
            json.WriteEndObject();
        }
    }

    private static void WriteSight(Utf8JsonWriter json, SightView sight, NodeNames names)
    {
        json.WriteString("by", names.Of(sight.By, sight.ByNodeName));
        json.WriteNumber("die", sight.Die);
        json.Number("ago_ms", sight.HasAgoMs ? sight.AgoMs : null);
        json.WriteBoolean("refused", sight.Refused);
    }

    private static void WriteReport(Utf8JsonWriter json, ReportView report, NodeNames names)
    {
        json.WriteString("witness", names.Of(report.Witness, report.WitnessNodeName));
        json.Word("kind", Words.Of(report.Kind));
        json.Word("door", Words.Of(report.Door));
        json.WriteNumber("age_ms", report.AgeMs);
        json.Number("left_ms", report.HasLeftMs ? report.LeftMs : null);
        json.Number("window_ms", report.HasWindowMs ? report.WindowMs : null);
        json.WriteNumber("log_index", report.LogIndex);
        switch (report.DetailCase)
        {
            case ReportView.DetailOneofCase.Text:
                json.WriteString("text", report.Text);
                break;
            case ReportView.DetailOneofCase.OutOfMemory:
                Write(json, report.OutOfMemory);
                break;
            case ReportView.DetailOneofCase.MemoryFault:
                Write(json, report.MemoryFault);
                break;
            case ReportView.DetailOneofCase.LinkChange:
                Write(json, report.LinkChange);
                break;
            default:
                break;
        }
    }

    private static void Write(Utf8JsonWriter json, OutOfMemoryDetail detail)
    {
        json.WriteStartObject("out_of_memory");
        json.WriteStartArray("numa_nodes");
        foreach (var node in detail.NumaNodes)
        {
            json.WriteNumberValue(node);
        }

        json.WriteEndArray();
        json.WriteBoolean("sync", detail.Sync);
        json.WriteNumber("timeout_ms", detail.TimeoutMs);
        json.WriteNumber("reason", detail.Reason);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, MemoryFaultDetail detail)
    {
        json.WriteStartObject("memory_fault");
        json.WriteNumber("physical_address", detail.PhysicalAddress);
        json.WriteNumber("memory_type", detail.MemoryType);
        json.WriteBoolean("with_kill", detail.WithKill);
        json.WriteNumber("raw_type", detail.RawType);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, LinkChangeDetail detail)
    {
        json.WriteStartObject("link_change");
        json.WriteNumber("port_id", detail.PortId);
        json.WriteNumber("cna", detail.Cna);
        json.WriteBoolean("up", detail.Up);
        json.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter json, HandlerResult result)
    {
        json.WriteString("handler", result.Handler);
        json.Word("outcome", Words.Of(result.Outcome));
        json.WriteNumber("result", result.Result);
        json.Word("message", result.Message);
    }

    private static void WriteNotice(Utf8JsonWriter json, NoticeView notice)
    {
        json.WriteString("channel", notice.Channel);
        json.Word("moment", Words.Of(notice.Moment));
        json.Word("stage", Words.Of(notice.Stage));
        json.WriteNumber("attempt", notice.Attempt);
        json.Word("by", notice.ByNodeName);
        json.Word("detail", notice.Detail);
    }

    private static void WriteRelease(Utf8JsonWriter json, ReleaseView release, NodeNames names)
    {
        json.WriteString("witness", names.Of(release.Witness, release.WitnessNodeName));
        json.Word("kind", Words.Of(release.Kind));
        json.Word("verdict", Words.Of(release.Verdict));
        json.Word("outcome", Words.Of(release.Outcome));
        json.Number("left_ms", release.HasLeftMs ? release.LeftMs : null);
        json.WriteNumber("log_index", release.LogIndex);
    }
}
