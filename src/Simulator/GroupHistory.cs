using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator;

/// <summary>The control group as each node's own log has it: by its newest entry, committed or not.</summary>
internal sealed class GroupHistory(int nodeCount)
{
    private readonly List<(Entry Entry, EquatableArray<Voter> Voters)>[] views =
    [
        .. Enumerable.Range(0, nodeCount).Select(_ => new List<(Entry, EquatableArray<Voter>)>()),
    ];
    private readonly List<Entry> fresh = [];
    private readonly List<(TimeSpan At, Entry Entry, EquatableArray<Voter> Voters)> appended = [];

    /// <summary>The voters by a node's newest entry; empty: it knows no cluster.</summary>
    public EquatableArray<Voter> Of(NodeId node) => views[node.Value] is [.., var newest] ? newest.Voters : [];

    /// <summary>The entries that say who votes in a node's log, oldest first, as far as it still tells.</summary>
    public IReadOnlyList<(Entry Entry, EquatableArray<Voter> Voters)> ViewOf(NodeId node) => views[node.Value];

    /// <summary>Changes that the last sighting appended, and nobody before.</summary>
    public IReadOnlyList<Entry> Fresh => fresh;

    /// <summary>Every group that may have been in force somewhere between two times, as sets of nodes.</summary>
    /// <remarks>Back to one that is committed by now: those appended after it may never have been.</remarks>
    public IEnumerable<NodeSet> Between(TimeSpan since, TimeSpan to, CommittedLog log)
    {
        for (var at = appended.Count - 1; at >= 0; at--)
        {
            var (appendedAt, entry, voters) = appended[at];
            if (appendedAt <= to)
            {
                yield return SetOf(voters);
            }

            if (appendedAt < since && log.Find(entry.Index) == entry)
            {
                yield break;
            }
        }
    }

    /// <summary>True if the running nodes can elect a master, whichever of the logs they follow.</summary>
    public bool CanLead(NodeSet running, Chronicle chronicle) =>
        HasMajority(running, chronicle.Log.Voters, chronicle)
        && running.Nodes().All(node => Of(node).Count == 0 || HasMajority(running, Of(node), chronicle));

    public static NodeSet SetOf(EquatableArray<Voter> voters) =>
        voters.Aggregate(default(NodeSet), (some, voter) => some.With(voter.Node));

    public void BeginSighting() => fresh.Clear();

    public void Start(NodeId node, StoredState state)
    {
        views[node.Value].Clear();
        foreach (var entry in (state.Snapshot?.Entries ?? []).Concat(state.Entries))
        {
            Append(node, entry);
        }
    }

    public void Take(TimeSpan at, NodeId node, DiskWrite write)
    {
        var view = views[node.Value];
        if (write.TruncateFrom is { } from)
        {
            view.RemoveAll(group => group.Entry.Index.CompareTo(from) >= 0);
        }

        if (write.Snapshot is { } snapshot)
        {
            var later = view.Where(group => group.Entry.Index.CompareTo(snapshot.LastIndex) > 0).ToArray();
            view.Clear();
            foreach (var entry in snapshot.Entries)
            {
                Append(node, entry);
            }

            view.AddRange(later);
        }

        foreach (var entry in write.Append)
        {
            if (write.Snapshot is null || entry.Index.CompareTo(write.Snapshot.LastIndex) > 0)
            {
                Append(node, entry);
            }

            if (VotersOf(entry) is { } voters && !appended.Exists(known => known.Entry == entry))
            {
                appended.Add((at, entry, voters));
                fresh.Add(entry);
            }
        }
    }

    public static EquatableArray<Voter>? VotersOf(Entry entry) =>
        entry.Payload switch
        {
            EntryPayload.Founded founded => founded.Voters,
            EntryPayload.GroupChanged changed => changed.Voters,
            EntryPayload.Recovered recovered => [recovered.Survivor],
            _ => null,
        };

    private void Append(NodeId node, Entry entry)
    {
        if (VotersOf(entry) is { } voters)
        {
            views[node.Value].Add((entry, voters));
        }
    }

    private static bool HasMajority(NodeSet running, EquatableArray<Voter> group, Chronicle chronicle) =>
        group.Count(voter => running.Contains(voter.Node) && chronicle.Disk(voter.Node)?.Disk == voter.Disk)
        > group.Count / 2;
}
