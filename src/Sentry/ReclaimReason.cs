namespace ClusterRas.Sentry;

/// <summary>Who was reclaiming when memory ran short. Values of later kernels are kept as they come.</summary>
public enum ReclaimReason
{
    /// <summary>The background reclaimer.</summary>
    Kswapd = 0,

    /// <summary>A process that allocates; the only synchronous one.</summary>
    Direct = 1,

    /// <summary>Reclaim for huge pages.</summary>
    HugePage = 2,
}
