using ClusterRas.Fabric;
using ClusterRas.Protocol;

namespace ClusterRas.Simulator.Kernel;

/// <summary>What a dying kernel sends to every peer, once a second.</summary>
/// <param name="Life">Of the victim; no kernel sees it, only the chronicle does.</param>
/// <param name="RandomId">Drawn once a boot: the same for every event of that boot.</param>
/// <param name="OverUvb">False: over URMA.</param>
internal sealed record VictimMessage(
    NodeId Victim,
    Life Life,
    EventKind Kind,
    uint RandomId,
    int TimeoutMs,
    Die Die,
    Eid Eid,
    Cna Cna,
    bool OverUvb
);
