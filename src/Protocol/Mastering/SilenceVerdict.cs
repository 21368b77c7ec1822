namespace ClusterRas.Protocol;

/// <summary>What the master's side of the cluster hears of one node.</summary>
internal enum SilenceVerdict
{
    /// <summary>Somebody hears it, or it is too early to say.</summary>
    Heard,

    /// <summary>Nobody hears it, but its machine answers: the agent is down, not the node.</summary>
    AgentDown,

    /// <summary>A majority of voters and everyone we hear has not heard it for the silence time on any rail.</summary>
    Silent,
}
