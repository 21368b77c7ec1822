using ClusterRas.Ctl.Text;
using ClusterRas.Wire.V1;

namespace ClusterRas.Ctl.Watching;

/// <summary>What has come to one incident between two sights of it.</summary>
/// <param name="was">Null: never seen.</param>
internal sealed class IncidentChange(Incident? was, Incident now, NodeNames names)
{
    private readonly IncidentWords words = new(names);

    /// <summary>True: an earlier sight than the other. An incident only gains entries.</summary>
    public static bool IsBehind(Incident incident, Incident other) => EntriesOf(incident) < EntriesOf(other);

    /// <summary>In the order in which it happens.</summary>
    public IEnumerable<WatchLine> Lines()
    {
        var known = was ?? new Incident { Kind = now.Kind };
        var about = $"incident {now.Id}";
        if (was is null)
        {
            yield return new WatchLine($"{about} opened: {words.TitleOf(now)}", Tone.Bad);
        }

        if (known.Kind != now.Kind)
        {
            var before = IncidentWords.NounOf(known.Kind);
            yield return new WatchLine($"{about} is now {words.TitleOf(now)}, was {before}", Tone.Bad);
        }

        foreach (var report in now.Reports.Skip(known.Reports.Count))
        {
            yield return new WatchLine($"{about}: {words.Of(report)}");
        }

        if (now.Silent && !known.Silent)
        {
            yield return new WatchLine($"{about}: {words.VictimOf(now)} is silent on our own links");
        }

        foreach (var result in now.HandlerResults.Skip(known.HandlerResults.Count))
        {
            var isDone = result.Outcome == HandlerOutcome.Done;
            yield return new WatchLine(
                $"{about}: handler {IncidentWords.Of(result)}",
                isDone ? Tone.Plain : Tone.Uneasy
            );
        }

        if (known.Verdict != now.Verdict)
        {
            yield return new WatchLine($"{about} answered: {IncidentWords.AnswerOf(now.Verdict, now.Result)}");
        }

        foreach (var release in now.Releases.Skip(known.Releases.Count))
        {
            var isAcked = release.Outcome is ReleaseOutcome.Acked or ReleaseOutcome.NobodyWaits;
            yield return new WatchLine($"{about}: {words.Of(release)}", isAcked ? Tone.Good : Tone.Uneasy);
        }

        if (known.State != IncidentState.Closed && now.State == IncidentState.Closed)
        {
            yield return new WatchLine($"{about} {IncidentWords.StateOf(now)}", Tone.Good);
        }
    }

    private static long EntriesOf(Incident incident) =>
        (long)incident.ReportCount
        + incident.ReleaseCount
        + incident.HandlerResults.Count
        + (incident.Silent ? 1 : 0)
        + (incident.State == IncidentState.Closed ? 1 : 0);
}
