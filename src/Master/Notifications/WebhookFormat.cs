using System.Text.Json;
using ClusterRas.Protocol;

namespace ClusterRas.Master.Notifications;

/// <summary>In which words a webhook is told.</summary>
public enum WebhookFormat
{
    /// <summary>One JSON object with all fields.</summary>
    Plain,

    /// <summary>Alertmanager's <c>POST /api/v2/alerts</c>: one alert that fires until its end comes.</summary>
    Alertmanager,

    /// <summary>An object with a <c>text</c>, as Slack's incoming webhooks and many others take it.</summary>
    Slack,
}

/// <summary>Notifications as the bytes of requests.</summary>
public static class WebhookBody
{
    /// <summary>An alert whose end is never told would be called resolved by Alertmanager after minutes; this long it fires.</summary>
    private static readonly TimeSpan FiresFor = TimeSpan.FromDays(7);

    /// <summary>By so much our clock may be ahead of Alertmanager's. An end that lies in its future is no end to it: it keeps the later one, of days ahead.</summary>
    private static readonly TimeSpan ClockAheadMax = TimeSpan.FromMinutes(1);

    /// <summary>UTF-8 JSON.</summary>
    /// <param name="now">By the sender's wall clock.</param>
    public static byte[] Of(Notification notification, WebhookFormat format, DateTimeOffset now)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            switch (format)
            {
                case WebhookFormat.Alertmanager:
                    WriteAlerts(json, notification, now);
                    break;
                case WebhookFormat.Slack:
                    WriteText(json, notification);
                    break;
                default:
                    WritePlain(json, notification);
                    break;
            }
        }

        return bytes.ToArray();
    }

    private static void WritePlain(Utf8JsonWriter json, Notification one)
    {
        json.WriteStartObject();
        json.WriteString("id", one.Key);
        json.WriteNumber("attempt", one.Attempt);
        json.WriteString("moment", one.MomentWord);
        json.WriteString("cluster", one.Cluster);
        json.WriteNumber("incident", one.Incident.Index.Value);
        json.WriteString("node", one.Node);
        json.WriteString("kind", one.KindWord);
        json.WriteString("severity", one.Severity);
        json.WriteBoolean("silent", one.IsSilent);
        json.WriteBoolean("drill", one.IsDrill);
        json.WriteString("summary", one.Summary);
        json.WriteString("words", one.Words);
        json.WriteStartArray("witnesses");
        foreach (var witness in one.Witnesses)
        {
            json.WriteStringValue(witness);
        }

        json.WriteEndArray();
        json.WriteString("at", one.At.UtcDateTime);
        json.WriteString("master", one.Master);
        json.WriteEndObject();
    }

    private static void WriteAlerts(Utf8JsonWriter json, Notification one, DateTimeOffset now)
    {
        json.WriteStartArray();
        json.WriteStartObject();

        // The same labels when it is over: they are what an alert is known by.
        json.WriteStartObject("labels");
        json.WriteString("alertname", "ClusterRasIncident");
        json.WriteString("cluster", one.Cluster);
        json.WriteString("incident", one.Incident.ToString());
        json.WriteString("node", one.Node);
        if (one.IsDrill)
        {
            json.WriteString("drill", "true");
        }

        json.WriteEndObject();
        json.WriteStartObject("annotations");
        json.WriteString("summary", one.Summary);
        json.WriteString("kind", one.KindWord);
        json.WriteString("severity", one.Severity);
        json.WriteString("words", one.Words);
        json.WriteString("witnesses", string.Join(", ", one.Witnesses));
        json.WriteString("attempt", one.Attempt.ToString(System.Globalization.CultureInfo.InvariantCulture));
        json.WriteEndObject();

        // It refuses an end before the start.
        var end = one.Moment == NoticeMoment.Closed ? now - ClockAheadMax : now + FiresFor;
        json.WriteString("startsAt", (one.At < end ? one.At : end).UtcDateTime);
        json.WriteString("endsAt", end.UtcDateTime);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter json, Notification one)
    {
        var text = one.Summary;
        if (one.Words.Length > 0)
        {
            text += $"\n> {one.Words.ReplaceLineEndings(" ")}";
        }

        if (one.Witnesses.Count > 0)
        {
            text += $"\nreported by {string.Join(", ", one.Witnesses)}; master {one.Master}";
        }

        if (one.Attempt > 1)
        {
            text += $"\nattempt {one.Attempt}: you may have this already";
        }

        // Those who read this form give these three a meaning.
        text = text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);
        json.WriteStartObject();
        json.WriteString("text", text);
        json.WriteEndObject();
    }
}
