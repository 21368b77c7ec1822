using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>One handler of one incident, as this master runs it.</summary>
internal sealed class HandlerRun(HandlerDeclaration declaration, Instant createdAt)
{
    public HandlerDeclaration Declaration => declaration;

    /// <summary>Since when it is to be started; it must be connected within a second of this.</summary>
    public Instant CreatedAt { get; } = createdAt;

    /// <summary>Where it was started; null: not yet.</summary>
    public NodeId? StartedAt { get; set; }

    /// <summary>When to look at it again: its deadline once it is started, else the end of waiting for its start.</summary>
    public Instant Due { get; set; } = createdAt;

    /// <summary>What it answered; null: nothing yet.</summary>
    public HandlerResult? Result { get; set; }
}
