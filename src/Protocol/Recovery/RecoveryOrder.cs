using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>An operator has a node recover the cluster. It does so only if the plan drawn from this is still the one confirmed.</summary>
/// <param name="Said">What each survivor said of itself.</param>
/// <param name="Lost">Nodes that are gone for ever and are fenced, by the operator's word.</param>
/// <param name="Confirmation">As the plan gave it when it was shown.</param>
/// <param name="Warrant">Who orders it, and why.</param>
public sealed record RecoveryOrder(
    EquatableArray<SurvivorState> Said,
    EquatableArray<NodeId> Lost,
    string Confirmation,
    Warrant Warrant
);
