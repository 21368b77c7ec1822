namespace ClusterRas.Transport;

/// <summary>How a road of a <see cref="LoopbackNetwork"/> is cut.</summary>
public enum LoopbackCut
{
    /// <summary>Carries frames.</summary>
    None = 0,

    /// <summary>Frames are held and nobody is told, as by a pulled cable; attempts to connect fail.</summary>
    Silent,

    /// <summary>Connections break at once and both ends see it; attempts to connect fail.</summary>
    Loud,
}
