namespace ClusterRas.PeersBench;

/// <summary>How a node ends, the same for all contenders.</summary>
internal enum Kill
{
    /// <summary>SIGKILL to its process; its machine lives on and refuses connections.</summary>
    SigKill,

    /// <summary>SIGSTOP: connections stay, nothing is said.</summary>
    SigStop,

    /// <summary>Both cables are out.</summary>
    LinksDown,
}
