using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Oracles;

/// <summary>Every node says the same about every place of the log, in order, and never less than before.</summary>
internal sealed class LogMatching : IOracle
{
    private readonly Dictionary<(int Node, int Run), LogIndex> reached = [];

    public string Name => "log";

    public string? See(Sighting sighting, Chronicle chronicle)
    {
        var run = (sighting.Node.Value, chronicle.Run(sighting.Node));
        switch (sighting)
        {
            case Sighting.Started started:
                return started
                    .State.Entries.Where(entry => entry.Index.CompareTo(started.State.CommitIndex) <= 0)
                    .Select(entry => Differs(sighting, entry, chronicle))
                    .FirstOrDefault(reason => reason is not null);
            case Sighting.Decided { Effect: Effect.Restored restored }:
                reached[run] = restored.Snapshot.LastIndex;
                return restored
                    .Snapshot.Entries.Select(entry => Differs(sighting, entry, chronicle))
                    .FirstOrDefault(reason => reason is not null);
            case Sighting.Decided { Effect: Effect.Committed committed }:
                return Compare(sighting, run, committed, chronicle);
            default:
                return null;
        }
    }

    private string? Compare(Sighting sighting, (int, int) run, Effect.Committed committed, Chronicle chronicle)
    {
        foreach (var entry in committed.Entries)
        {
            if (reached.TryGetValue(run, out var last) && entry.Index != last.Next)
            {
                return $"{sighting.Node} commits {entry.Index} after {last}";
            }

            reached[run] = entry.Index;
            if (Differs(sighting, entry, chronicle) is { } reason)
            {
                return reason;
            }
        }

        return committed.Entries.Count > 0 && committed.Entries[^1].Index != committed.CommitIndex
            ? $"{sighting.Node} commits up to {committed.Entries[^1].Index} and says {committed.CommitIndex}"
            : null;
    }

    private static string? Differs(Sighting sighting, Entry entry, Chronicle chronicle) =>
        chronicle.Log.Find(entry.Index) is { } first && first != entry
            ? $"{sighting.Node} commits {entry}, where {first} was committed before"
            : null;
}
