using System.Collections.Immutable;
using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>What the log says about the control group, beside who sits in it: why, whose disk is lost, who is to stop.</summary>
/// <remarks>At most one item per node, so it does not grow with the log. Who sits in it is computed by consensus itself.</remarks>
public sealed record GroupRecord
{
    /// <summary>The record of an empty log.</summary>
    public static readonly GroupRecord Empty = new();

    /// <summary>The newest change; null: the group is still the first one.</summary>
    public Entry? Newest { get; init; }

    /// <summary>Every recovery: none may be forgotten, since they say which disks are out.</summary>
    public ImmutableList<Entry> Recoveries { get; init; } = [];

    /// <summary>The last disk that each node has lost, with the entry that says so.</summary>
    public ImmutableSortedDictionary<NodeId, (DiskId Disk, LogIndex Index)> DisksLost { get; init; } =
        ImmutableSortedDictionary<NodeId, (DiskId, LogIndex)>.Empty;

    /// <summary>Nodes that are to stop in their present life, with the entry that says so.</summary>
    public ImmutableSortedDictionary<NodeId, (Life Life, LogIndex Index)> Stops { get; init; } =
        ImmutableSortedDictionary<NodeId, (Life, LogIndex)>.Empty;

    /// <summary>What <see cref="Newest"/> says; null: the group is still the first one.</summary>
    public EntryPayload.GroupChanged? Change => Newest?.Payload as EntryPayload.GroupChanged;

    /// <summary>The entries that a snapshot must keep.</summary>
    internal IEnumerable<LogIndex> Retained =>
        DisksLost
            .Values.Select(lost => lost.Index)
            .Concat(Stops.Values.Select(stop => stop.Index))
            .Concat(Recoveries.Select(recovery => recovery.Index))
            .Concat(Newest is { } newest ? [newest.Index] : []);

    /// <summary>This disk of a node counts no more.</summary>
    public bool IsLost(Voter voter) => DisksLost.TryGetValue(voter.Node, out var lost) && lost.Disk == voter.Disk;

    /// <summary>The node is to stop.</summary>
    public bool IsStopping(NodeId node) => Stops.ContainsKey(node);

    /// <summary>The record after one more entry.</summary>
    public GroupRecord Apply(Entry entry) =>
        entry.Payload switch
        {
            EntryPayload.GroupChanged => this with { Newest = entry },
            EntryPayload.Recovered recovered => this with
            {
                Newest = entry,
                Recoveries = Recoveries.Add(entry),
                DisksLost = DisksLost.SetItems(
                    recovered.Lost.Select(voter => KeyValuePair.Create(voter.Node, (voter.Disk, entry.Index)))
                ),
            },
            EntryPayload.DiskLost lost => this with
            {
                DisksLost = DisksLost.SetItem(lost.Node, (lost.Old, entry.Index)),
            },
            EntryPayload.StopPlanned { IsOff: true } off => this with { Stops = Stops.Remove(off.Node) },
            EntryPayload.StopPlanned stop => this with { Stops = Stops.SetItem(stop.Node, (stop.Life, entry.Index)) },
            // Who starts anew has stopped.
            EntryPayload.Joined joined when Stops.TryGetValue(joined.Node, out var stop) && stop.Life != joined.Life =>
                this with
                {
                    Stops = Stops.Remove(joined.Node),
                },
            _ => this,
        };
}
