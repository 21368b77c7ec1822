using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ClusterRas.Console.View;
using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Node.Telemetry;

/// <summary>One trace for each incident, with one root: what its witness, its master and its handlers did, told by each node for itself.</summary>
/// <remarks>No frame carries a trace. Its id and that of its root span are computed from the entry that opened the incident, which
/// every node has. What a master tells of an entry is told by the node that led the term of that entry: there is one such node, it
/// knows that it is, and no later master says it again. Called by the loop alone, so it remembers and makes spans, and sends nothing.</remarks>
/// <param name="isRooted">False: span ids cannot be chosen here (<see cref="ChosenSpanId"/>). Spans are then beside each other in their trace.</param>
internal sealed class IncidentTracing(
    NodeId self,
    CurrentMap map,
    ActivitySource source,
    bool isRooted,
    TimeProvider clock
)
{
    /// <summary>Name of the source, for whoever listens.</summary>
    public const string SourceName = "ClusterRas.Incidents";

    /// <summary>Words, incidents and terms that are remembered; in a flood the oldest are told without a span.</summary>
    private const int RememberedMax = 1000;

    /// <summary>Ages come from others. No span begins longer ago than this.</summary>
    private static readonly TimeSpan AgeMax = TimeSpan.FromDays(1);

    private readonly Recent<ReportId, DateTimeOffset> raised = new(RememberedMax);
    private readonly Recent<ReportId, DateTimeOffset> received = new(RememberedMax);
    private readonly Recent<ReportId, DateTimeOffset> letGo = new(RememberedMax);
    private readonly Recent<IncidentId, Known> incidents = new(RememberedMax);
    private readonly Recent<Term, NodeId> led = new(RememberedMax);

    /// <summary>Takes in what the core tells.</summary>
    public void Note(Fact fact)
    {
        var now = clock.GetUtcNow();
        switch (fact)
        {
            case Fact.MasterChanged changed when changed.Master == self:
                led.Add(changed.Term, self);
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
            case Fact.IncidentClosed closed when led.TryGet(closed.Term, out _):
                if (incidents.TryGet(closed.Incident, out var ended))
                {
                    using var span = Begin("clusterras.open", closed.Incident, ended, ended.OpenedAt, now);
                    span?.SetTag("clusterras.incident.close_reason", Names.Of(closed.Reason));
                }

                break;
            default:
                break;
        }
    }

    /// <summary>The trace of an incident, with the id of its root span: the same on every node that has the entry which opened it.</summary>
    internal static ActivityContext RootOf(string cluster, Entry opened)
    {
        var payload = (EntryPayload.Opened)opened.Payload;
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{cluster}/{opened.Index.Value}/{opened.Term.Value}/{payload.Victim.Value}/{payload.Life.Boot.Value}"
        );
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan();
        return new ActivityContext(
            ActivityTraceId.CreateFromBytes(hash[..16]),
            ActivitySpanId.CreateFromBytes(hash[16..24]),
            ActivityTraceFlags.Recorded
        );
    }

    private void Note(Entry entry, DateTimeOffset now)
    {
        var isOurs = led.TryGet(entry.Term, out _);
        switch (entry.Payload)
        {
            case EntryPayload.Opened opened:
                var id = new IncidentId(entry.Index);
                var known = new Known(RootOf(map.Topology.Cluster, entry), opened.Kind, map.Name(opened.Victim), now);
                incidents.Add(id, known);
                if (isOurs)
                {
                    TellRoot(id, opened, known, now);
                }

                break;
            case EntryPayload.Answered answered when isOurs:
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
            default:
                break;
        }
    }

    /// <summary>Told when the incident begins and not when it ends: that may be days away, and until then viewers would miss it.</summary>
    private void TellRoot(IncidentId id, EntryPayload.Opened opened, Known known, DateTimeOffset now)
    {
        var appendedAt = opened.Words is { } words && received.TryGet(words.Id, out var receivedAt) ? receivedAt : now;
        var age = TimeSpan.FromMilliseconds(Math.Clamp(opened.AgeMs, 0, (long)AgeMax.TotalMilliseconds));
        var noParent = new ActivityContext(known.Root.TraceId, default, ActivityTraceFlags.Recorded);
        using var span = Begin("clusterras.incident", id, known, noParent, appendedAt - age, now);
        if (span is not null && isRooted)
        {
            ChosenSpanId.Set(span, known.Root.SpanId);
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

    /// <summary>A span under the root.</summary>
    private Activity? Begin(string name, IncidentId id, Known known, DateTimeOffset start, DateTimeOffset end)
    {
        // A parent that nobody ever tells would be worse than none.
        var parent = isRooted
            ? known.Root
            : new ActivityContext(known.Root.TraceId, default, ActivityTraceFlags.Recorded);
        return Begin(name, id, known, parent, start, end);
    }

    /// <summary>A span with its start and end; it is told when it is disposed. Null: nobody listens.</summary>
    private Activity? Begin(
        string name,
        IncidentId id,
        Known known,
        ActivityContext parent,
        DateTimeOffset start,
        DateTimeOffset end
    )
    {
        var span = source.StartActivity(name, ActivityKind.Internal, parent, startTime: start);
        span?.SetEndTime((end < start ? start : end).UtcDateTime);
        span?.SetTag("clusterras.incident.id", id.Index.Value);
        span?.SetTag("clusterras.incident.kind", Names.Of(known.Kind));
        span?.SetTag("clusterras.incident.victim", known.Victim);
        return span;
    }

    private readonly record struct Known(ActivityContext Root, EventKind Kind, string Victim, DateTimeOffset OpenedAt);
}
