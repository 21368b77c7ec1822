using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ClusterRas.Console.View;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Node.Telemetry;

/// <summary>One trace for each incident: what its witness, its master and its handlers did, told by each node for itself.</summary>
/// <remarks>No frame carries a trace. Its id is computed from the entry that opened the incident, which every node has; so it
/// is the same everywhere, also after the master has changed. The spans are beside each other: nobody knows another's span id.
/// Called by the loop alone, so it remembers and makes spans, and sends nothing.</remarks>
internal sealed class IncidentTracing(NodeId self, CurrentMap map, ActivitySource source, TimeProvider clock)
{
    /// <summary>Name of the source, for whoever listens.</summary>
    public const string SourceName = "ClusterRas.Incidents";

    /// <summary>Words and incidents that are remembered; in a flood the oldest are told without a span.</summary>
    private const int RememberedMax = 1000;

    private readonly Recent<ReportId, DateTimeOffset> raised = new(RememberedMax);
    private readonly Recent<ReportId, DateTimeOffset> received = new(RememberedMax);
    private readonly Recent<ReportId, DateTimeOffset> letGo = new(RememberedMax);
    private readonly Recent<IncidentId, Known> incidents = new(RememberedMax);
    private NodeId? master;

    /// <summary>Takes in what the core tells.</summary>
    public void Note(Fact fact)
    {
        var now = clock.GetUtcNow();
        switch (fact)
        {
            case Fact.MasterChanged changed:
                master = changed.Master;
                break;
            case Fact.WordRaised word:
                raised.Add(word.Words.Id, now);
                break;
            case Fact.WordReceived word:
                received.Add(word.Report, now);
                break;
            case Fact.ReleaseDone done:
                letGo.Add(done.Report, now);
                break;
            case Fact.AnswerSent sent:
                TellAnswer(sent, now);
                break;
            case Fact.EntryCommitted committed:
                Note(committed.Entry, now);
                break;
            default:
                break;
        }
    }

    /// <summary>The same on every node that has this entry.</summary>
    internal static ActivityTraceId TraceIdOf(string cluster, Entry opened)
    {
        var payload = (EntryPayload.Opened)opened.Payload;
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{cluster}/{opened.Index.Value}/{opened.Term.Value}/{payload.Victim.Value}/{payload.Life.Boot.Value}"
        );
        return ActivityTraceId.CreateFromBytes(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(..16));
    }

    private void Note(Entry entry, DateTimeOffset now)
    {
        switch (entry.Payload)
        {
            case EntryPayload.Opened opened:
                incidents.Add(
                    new IncidentId(entry.Index),
                    new Known(TraceIdOf(map.Topology.Cluster, entry), opened.Kind, map.Name(opened.Victim), now)
                );
                break;
            case EntryPayload.Answered answered when master == self:
                if (incidents.TryGet(answered.Incident, out var asked))
                {
                    foreach (var result in answered.Results)
                    {
                        using var span = Begin("clusterras.handler", answered.Incident, asked, asked.OpenedAt, now);
                        span?.SetTag("clusterras.handler.name", result.Handler);
                        span?.SetTag("clusterras.handler.outcome", Names.Of(result.Outcome));
                        Judge(span, result.Outcome == HandlerOutcome.Done);
                    }
                }

                break;
            case EntryPayload.Released released when released.Report.Witness == self:
                TellRelease(released, now);
                break;
            case EntryPayload.Closed closed when master == self:
                if (incidents.TryGet(closed.Incident, out var ended))
                {
                    using var span = Begin("clusterras.incident", closed.Incident, ended, ended.OpenedAt, now);
                    span?.SetTag("clusterras.incident.close_reason", Names.Of(closed.Reason));
                }

                break;
            default:
                break;
        }
    }

    private void TellAnswer(Fact.AnswerSent sent, DateTimeOffset now)
    {
        if (
            sent.Incident is { } id
            && incidents.TryGet(id, out var known)
            && received.TryTake(sent.Report, out var receivedAt)
        )
        {
            using var span = Begin("clusterras.decide", id, known, receivedAt, now);
            span?.SetTag("clusterras.verdict", Names.Of(sent.Verdict));
            span?.SetTag("clusterras.witness", map.Name(sent.Report.Witness));
        }
    }

    private void TellRelease(EntryPayload.Released released, DateTimeOffset now)
    {
        if (incidents.TryGet(released.Incident, out var known) && raised.TryTake(released.Report, out var raisedAt))
        {
            var end = letGo.TryTake(released.Report, out var letGoAt) ? letGoAt : now;
            using var span = Begin("clusterras.witness", released.Incident, known, raisedAt, end);
            span?.SetTag("clusterras.verdict", Names.Of(released.Verdict));
            span?.SetTag("clusterras.release.outcome", Names.Of(released.Outcome));
            if (released.LeftMs is { } left)
            {
                span?.SetTag("clusterras.release.left_ms", left);
            }

            Judge(span, released.Outcome is ReleaseOutcome.Acked or ReleaseOutcome.NobodyWaits);
        }
    }

    private static void Judge(Activity? span, bool isGood) =>
        span?.SetStatus(isGood ? ActivityStatusCode.Ok : ActivityStatusCode.Error);

    /// <summary>A span with its start and end; it is told when it is disposed. Null: nobody listens.</summary>
    private Activity? Begin(string name, IncidentId id, Known known, DateTimeOffset start, DateTimeOffset end)
    {
        var trace = new ActivityContext(known.Trace, default, ActivityTraceFlags.Recorded);
        var span = source.StartActivity(name, ActivityKind.Internal, trace, startTime: start);
        span?.SetEndTime((end < start ? start : end).UtcDateTime);
        span?.SetTag("clusterras.incident.id", id.Index.Value);
        span?.SetTag("clusterras.incident.kind", Names.Of(known.Kind));
        span?.SetTag("clusterras.incident.victim", known.Victim);
        return span;
    }

    private readonly record struct Known(ActivityTraceId Trace, EventKind Kind, string Victim, DateTimeOffset OpenedAt);
}
