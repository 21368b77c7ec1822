using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>S5: an answer is a function of the committed log, the same by every master; it only grows from recorded.</summary>
internal sealed class OneAnswer : IOracle
{
    private readonly Dictionary<ReportId, (Verdict Verdict, IncidentId? Incident)> strongest = [];

    private readonly HashSet<ReportId> nobodys = [];

    public string Name => "S5";

    public string? See(Sighting sighting, Chronicle chronicle) =>
        sighting switch
        {
            Sighting.Done { Effect: Effect.Release release } => Judge(
                release.Report,
                release.Incident,
                release.Verdict,
                chronicle
            ),
            Sighting.Done { Effect: Effect.Delivered delivered } => Judge(
                delivered.Report,
                delivered.Incident,
                delivered.Verdict,
                chronicle
            ),
            Sighting.Done { Effect: Effect.Send { Frame.Message: Message.Answering answering } } => Judge(
                answering.Report,
                answering.Incident,
                answering.Verdict,
                chronicle
            ),
            _ => null,
        };

    private string? Judge(ReportId report, IncidentId? incident, Verdict verdict, Chronicle chronicle)
    {
        if (report.Kind == EventKind.OutOfMemory && incident is null)
        {
            return null;
        }

        if (Unjustified(report, incident, verdict, chronicle) is { } reason)
        {
            return $"{report} is answered {verdict} in incident {incident}: {reason}";
        }

        if (verdict == Verdict.UnknownVictim && chronicle.Maps.Newest is not null)
        {
            // Of a node that was in no map then: once it is in one again, its words are somebody's. A witness that has
            // answered its kernel so before goes on to do so: to that kernel it is the same answer.
            if (!strongest.TryGetValue(report, out var known))
            {
                nobodys.Add(report);
            }

            return nobodys.Contains(report)
                ? null
                : $"{report} is answered as nobody's, after {known.Verdict} in {known.Incident}";
        }

        if (incident is not null && chronicle.Log.Find(report) is null)
        {
            return null;
        }

        // A master that was deposed may still say "recorded" where a later one says more: its own commit justifies it.
        var before = strongest.GetValueOrDefault(report);
        if (before.Verdict is Verdict.None or Verdict.Recorded)
        {
            strongest[report] = (verdict, incident);
        }

        var agrees = before.Verdict is Verdict.None || before.Incident == incident;
        var grows =
            before.Verdict is Verdict.None
            || before.Verdict == verdict
            || (before.Verdict is Verdict.Recorded && verdict is Verdict.Handled or Verdict.Failed)
            || (before.Verdict is Verdict.Handled or Verdict.Failed && verdict is Verdict.Recorded);
        return agrees && grows
            ? null
            : $"{report} is answered {verdict} in {incident}, after {before.Verdict} in {before.Incident}";
    }

    private static string? Unjustified(ReportId report, IncidentId? incident, Verdict verdict, Chronicle chronicle)
    {
        if (verdict == Verdict.UnknownVictim)
        {
            return incident is null ? null : "an unknown victim has no incident";
        }

        if (incident is not { } id || chronicle.Log.Find(id) is not { } story)
        {
            return "no such incident is committed";
        }

        if (!chronicle.Log.Covers(report, id))
        {
            return "the word is not committed there";
        }

        if (chronicle.Log.Find(report) is not { } place)
        {
            // Nothing says where a word stands that is not stored: it is answered as its incident is now.
            return null;
        }

        var wasClosed = story.Closed is { } closed && closed.Index.CompareTo(place.Index) < 0;
        return verdict switch
        {
            Verdict.Closed => wasClosed ? null : "it was not closed before the word",
            Verdict.Recorded => wasClosed ? "it was closed before the word" : null,
            Verdict.Handled or Verdict.Failed => story.Answered?.Verdict == verdict
                ? null
                : $"the committed verdict is {story.Answered?.Verdict.ToString() ?? "none"}",
            _ => "this is no verdict",
        };
    }
}
