using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>S6: one incident per life that ends, one place per word, one alarm per master, one start per handler.</summary>
internal sealed class OneIncident : IOracle
{
    private readonly Dictionary<ReportId, LogIndex> words = [];
    private readonly HashSet<(IncidentId Incident, string Handler)> started = [];
    private readonly HashSet<(IncidentId Incident, Term Term)> alarmed = [];

    public string Name => "S6";

    public string? See(Sighting sighting, Chronicle chronicle) =>
        sighting switch
        {
            Sighting.Decided { Effect: Effect.Committed } => chronicle
                .Log.Fresh.Select(entry => Committed(entry, chronicle))
                .FirstOrDefault(reason => reason is not null),
            Sighting.Done { Effect: Effect.StartHandler start } => Started(start.Call, chronicle),
            Sighting.Done { Effect: Effect.Alarm alarm } => alarmed.Add((alarm.Incident, alarm.Decision.Term))
                ? null
                : $"{sighting.Node} alarms twice about incident {alarm.Incident}",
            _ => null,
        };

    private string? Committed(Entry entry, Chronicle chronicle) =>
        entry.Payload switch
        {
            EntryPayload.Opened opened => (
                opened.Words is { } first
                    ? Placed(first.Id, entry.Index) ?? Misplaced(first, opened, entry.Index)
                    : null
            ) ?? SecondOf(entry, opened, chronicle),
            EntryPayload.Reported reported => Placed(reported.Words.Id, entry.Index)
                ?? Misplaced(reported.Words, chronicle.Log.Find(reported.Incident)?.Opened, entry.Index),
            _ => null,
        };

    // F1, F2: words that say which life they are about stand in an incident of that life.
    private static string? Misplaced(Words said, EntryPayload.Opened? opened, LogIndex index)
    {
        if (opened is null || !said.Kind.IsFatal())
        {
            return null;
        }

        var life = opened.Life;
        var isOther =
            said.VictimBoot != default && life.Boot != default
                ? said.VictimBoot != life.Boot
                : said.Tag != 0 && life.Tag != 0 && said.Tag != life.Tag;
        return isOther
            ? $"{said.Id} is about the life {new Life(said.VictimBoot, said.Tag)} of {opened.Victim}, and entry {index} puts it to the life {life}"
            : null;
    }

    private string? Placed(ReportId word, LogIndex index) =>
        words.TryAdd(word, index) ? null : $"{word} stands in the log twice, at {words[word]} and {index}";

    private static string? SecondOf(Entry entry, EntryPayload.Opened opened, Chronicle chronicle)
    {
        if (!opened.Kind.IsFatal())
        {
            return null;
        }

        foreach (var other in chronicle.Log.Incidents)
        {
            var isEarlier = other.Entry.Index.CompareTo(entry.Index) < 0;
            if (!isEarlier || other.Opened.Victim != opened.Victim || !other.Opened.Kind.IsFatal())
            {
                continue;
            }

            if (IsSecond(other, entry.Index, opened, chronicle))
            {
                return $"incidents {other.Id} and {entry.Index} are both about the life {opened.Life} of {opened.Victim}";
            }
        }

        return null;
    }

    private static bool IsSecond(
        IncidentStory first,
        LogIndex secondIndex,
        EntryPayload.Opened second,
        Chronicle chronicle
    )
    {
        if (Survived(first, secondIndex))
        {
            return false;
        }

        if (second.Words is null || second.Words.Tag != 0 || second.Words.VictimBoot != default)
        {
            return first.Opened.Life.Tag != 0 && first.Opened.Life.Tag == second.Life.Tag;
        }

        // A word without a tag tells lives apart by time only: one claim is what was said inside its first window (F3).
        return second.Life == first.Opened.Life
            && first.Opened.Words is { WindowMs: { } windowMs } firstWords
            && second.Words is { } secondWords
            && chronicle.Words.TryGetValue(firstWords.Id, out var earlier)
            && chronicle.Words.TryGetValue(secondWords.Id, out var later)
            && later.SaidAt <= earlier.SaidAt + TimeSpan.FromMilliseconds(windowMs);
    }

    // A claim that the life outlived makes room for the next; one that ended with a new life does not.
    private static bool Survived(IncidentStory story, LogIndex before) =>
        story.Closed is { } closed
        && closed.Index.CompareTo(before) < 0
        && closed.Reason is not (CloseReason.Rebooted or CloseReason.None);

    private string? Started(HandlerCall call, Chronicle chronicle)
    {
        if (call.Incident.Index.Value < 0)
        {
            // A reclaiming task of the handler's own node: answered at once, and no incident of the cluster yet.
            return null;
        }

        if (chronicle.Log.Find(call.Incident) is not { } story)
        {
            return $"{call.Handler} is started for {call.Incident}, which is not committed";
        }

        var declared = story.Opened.Handlers.FirstOrDefault(h => h.Name == call.Handler);
        if (declared is null)
        {
            return $"{call.Handler} is started for {call.Incident}, whose list does not have it (H2)";
        }

        return started.Add((call.Incident, call.Handler)) || declared.Idempotent
            ? null
            : $"{call.Handler} is started twice for {call.Incident}";
    }
}
