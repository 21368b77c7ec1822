using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>What one node says of itself, when operators look what a lost majority has left.</summary>
/// <param name="Cluster">None: its disk is empty.</param>
/// <param name="Epoch">Of the newest recovery in its log; 0: none.</param>
/// <param name="EpochHeard">Of the newest recovery that it has heard of; its log may not have that yet.</param>
/// <param name="Term">The highest that it has seen.</param>
/// <param name="LastTerm">Of its last entry.</param>
/// <param name="LastIndex">Of its last entry.</param>
/// <param name="CommitIndex">Up to here it knows the log to be committed.</param>
/// <param name="Voters">The control group by its newest entry.</param>
/// <param name="Master">Whom it has heard as master within twice the longest election timeout; null: nobody.</param>
/// <param name="Hears">The other nodes that it hears on its links.</param>
/// <param name="IsRetired">Its own disk was declared lost: nothing can be built on it.</param>
public sealed record SurvivorState(
    NodeId Node,
    DiskId Disk,
    ClusterId Cluster,
    long Epoch,
    long EpochHeard,
    Term Term,
    Term LastTerm,
    LogIndex LastIndex,
    LogIndex CommitIndex,
    EquatableArray<Voter> Voters,
    NodeId? Master,
    EquatableArray<NodeId> Hears,
    bool IsRetired
);
