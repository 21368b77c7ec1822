using System.Collections.Immutable;
using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>How one link stands.</summary>
/// <param name="RoundTrip">Smoothed; null: not measured.</param>
/// <param name="Jitter">How far round trips are from the smoothed one, smoothed; null: not measured.</param>
/// <param name="LossPermille">Of a thousand heartbeats of the peer, so many did not come lately.</param>
/// <param name="HeardAgo">Since the last frame; null: none in this process.</param>
/// <param name="IsRefused">The last attempt to connect was refused by a live host.</param>
/// <param name="Refusal">Why the peer or this node is not let in; empty: nobody was refused.</param>
public sealed record LinkStatus(
    LinkId Link,
    LinkState State,
    TimeSpan? RoundTrip,
    TimeSpan? Jitter,
    int LossPermille,
    TimeSpan? HeardAgo,
    bool IsRefused,
    string Refusal
);

/// <summary>What a peer said last of whom it hears.</summary>
/// <param name="By">The peer.</param>
/// <param name="Ago">Since it said so.</param>
/// <param name="Heard">Per node and rail, as it was then.</param>
public readonly record struct PeerSights(NodeId By, TimeSpan Ago, EquatableArray<Heard> Heard);

/// <summary>Which version of the program a peer runs, by its last hello.</summary>
/// <param name="Version">Empty: one that is too old to tell.</param>
public readonly record struct ProgramOfPeer(NodeId Node, string Version);

/// <summary>What one node knows, at one instant. Immutable; may be handed to other threads.</summary>
/// <param name="At">The instant it was true, on this node's clock.</param>
/// <param name="Master">Null: nobody known.</param>
/// <param name="MasterHeardAgo">Since the master's last beat: how old the log can be; null: no master is known.</param>
/// <param name="IsReady">This node is master and what it says stands.</param>
/// <param name="Book">The committed incidents, lives and handlers.</param>
/// <param name="Health">How every node looks from here.</param>
/// <param name="Sights">Whom every peer hears, by its last heartbeat; in order of the peers.</param>
/// <param name="HandlersHere">Handlers that are connected to this node.</param>
/// <param name="Outbox">Words of this node that no master has answered.</param>
/// <param name="StorageStalled">Why the disk takes no writes; null: it does.</param>
/// <param name="Out">Why this node takes part no more, and what to do; null: it takes part.</param>
/// <param name="Map">The map that it runs with; <paramref name="Health"/> is in the order of its nodes.</param>
/// <param name="File">What the file that it was started with is to the ledger's maps.</param>
public sealed record NodeStatus(
    Instant At,
    NodeId Node,
    Life Life,
    DiskId Disk,
    ClusterId Cluster,
    RaftRole Role,
    Term Term,
    NodeId? Master,
    TimeSpan? MasterHeardAgo,
    bool IsReady,
    LogIndex CommitIndex,
    LogIndex LastIndex,
    EquatableArray<Voter> Voters,
    IncidentBook Book,
    EquatableArray<NodeHealth> Health,
    EquatableArray<LinkStatus> Links,
    EquatableArray<PeerSights> Sights,
    EquatableArray<string> HandlersHere,
    int Outbox,
    string? StorageStalled,
    string? Out,
    MapStatus Map,
    FileStanding File
)
{
    /// <summary>What the peers run, as far as they were heard directly in this process; by node.</summary>
    public EquatableArray<ProgramOfPeer> Programs { get; init; } = [];

    /// <summary>Frames that brought words here since this process began, by word and link; of the newest thousand words.</summary>
    /// <remarks>A link to another node than the witness carried relayed ones.</remarks>
    public ImmutableDictionary<ReportId, ImmutableSortedDictionary<LinkId, int>> Frames { get; init; } =
        ImmutableDictionary<ReportId, ImmutableSortedDictionary<LinkId, int>>.Empty;
}

public sealed partial class NodeMachine
{
    /// <summary>What this node knows now. Costs a walk over nodes and links; the book is shared, not copied.</summary>
    public NodeStatus Status(Instant now) =>
        new(
            now,
            self,
            identity.Life,
            disk,
            raft.Cluster,
            raft.Role,
            raft.Term,
            raft.Leader,
            raft.LeaderHeardAt is { } heard ? now - heard : null,
            raft.IsReady,
            raft.CommitIndex,
            raft.LastIndex,
            raft.Voters,
            book,
            new([.. map.Topology.Nodes.Select(node => links.HealthOf(now, node.Id))]),
            new([
                .. links.All.Select(link => new LinkStatus(
                    link.Id,
                    link.State,
                    link.Score.RoundTrip,
                    link.Score.Jitter,
                    link.Score.LossPermille,
                    link.HeardAt is { } at ? now - at : null,
                    link.IsRefused,
                    refusals.GetValueOrDefault(link.Id) ?? refusedBy.GetValueOrDefault(link.Id, "")
                )),
            ]),
            new([
                .. links
                    .Vectors.OrderBy(said => said.Key)
                    .Select(said => new PeerSights(said.Key, now - said.Value.At, said.Value.Vector)),
            ]),
            handlersHere,
            reporter.OutboxCount,
            storageStalled,
            raft.WhyRetired ?? WhyRemoved,
            new MapStatus(
                map.Topology,
                map.Version,
                map.Former,
                new([.. mapsHeard.Select(heard => new MapOfPeer(heard.Key, heard.Value))])
            ),
            FileStanding
        )
        {
            Programs = new([
                .. peers.OrderBy(peer => peer.Key).Select(peer => new ProgramOfPeer(peer.Key, peer.Value.Version)),
            ]),
            Frames = frames.ByReport,
        };
}
