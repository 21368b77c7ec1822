using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator;

/// <summary>The maps that were committed, as the nodes say, and with which each node runs. Judges nothing.</summary>
internal sealed class MapHistory
{
    private readonly SortedDictionary<long, EntryPayload.MapChanged> committed = [];
    private readonly Dictionary<NodeId, long> runs = [];

    /// <summary>The newest that was committed; null: none was.</summary>
    public EntryPayload.MapChanged? Newest => committed.Count > 0 ? committed[committed.Keys.Max()] : null;

    /// <summary>The version that was committed; null: it was not.</summary>
    public EntryPayload.MapChanged? Find(long version) => committed.GetValueOrDefault(version);

    /// <summary>With which version a node runs.</summary>
    public long VersionAt(NodeId node) => runs.GetValueOrDefault(node);

    /// <summary>The newest map has no such node.</summary>
    public bool IsOut(NodeId node) => Newest is { } newest && newest.Former.Any(former => former.Node == node);

    /// <summary>The map with which a node runs has another node.</summary>
    public bool Knows(NodeId node, NodeId other) =>
        Find(VersionAt(node))?.Former.Any(former => former.Node == other) != true;

    /// <summary>Whom words are about, by a map that has them all; null: nobody.</summary>
    public static NodeId? VictimOf(Words words, Topology map) =>
        words.VictimNode
        ?? (words.VictimEid is { } eid ? map.FindDie(eid)?.Node.Id : null)
        ?? (words.VictimCna is { } cna ? map.FindNode(cna)?.Id : null);

    /// <summary>It runs with the newest map, and is in it.</summary>
    public bool IsUpToDate(NodeId node) => VersionAt(node) == (Newest?.Version ?? 0) && !IsOut(node);

    /// <summary>The newest map that a disk knows to be committed; null: none.</summary>
    public static EntryPayload.MapChanged? Of(StoredState state) =>
        (state.Snapshot?.Entries ?? [])
            .Concat(state.Entries.Where(entry => entry.Index.CompareTo(state.CommitIndex) <= 0))
            .Select(entry => entry.Payload)
            .OfType<EntryPayload.MapChanged>()
            .MaxBy(change => change.Version);

    /// <summary>A disk has some map, committed or not.</summary>
    public static bool Has(StoredState state) =>
        (state.Snapshot?.Entries ?? []).Concat(state.Entries).Any(entry => entry.Payload is EntryPayload.MapChanged);

    /// <summary>Some map that was committed has no such node.</summary>
    public bool WasOut(NodeId node) => committed.Values.Any(change => change.Former.Any(former => former.Node == node));

    public void Take(Sighting sighting)
    {
        switch (sighting)
        {
            case Sighting.Started started:
                runs[started.Node] = Of(started.State)?.Version ?? 0;
                break;
            case Sighting.Decided { Effect: Effect.Committed effect }:
                foreach (var entry in effect.Entries)
                {
                    if (entry.Payload is EntryPayload.MapChanged change)
                    {
                        committed.TryAdd(change.Version, change);
                    }
                }

                break;
            case Sighting.Decided { Effect: Effect.MapTaken taken }:
                runs[sighting.Node] = taken.Version;
                break;
            default:
                break;
        }
    }
}
