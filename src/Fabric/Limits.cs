namespace ClusterRas.Fabric;

/// <summary>What no cluster may exceed. One place, so that a limit has one value.</summary>
public static class Limits
{
    /// <summary>Most nodes of a cluster. Source: server_eid and server_cna take 32 entries.</summary>
    public const int NodeCountMax = 32;

    /// <summary>Most nodes that a topology may have unless the reader is told otherwise (the incumbent's older limit).</summary>
    public const int NodeCountDefaultMax = 16;

    /// <summary>Most DIEs of a node.</summary>
    public const int DieCountMax = 2;

    /// <summary>Longest blocking window: one hour. Source: panic_timeout_ms and kernel_reboot_timeout_ms.</summary>
    public const int WindowMsMax = 3_600_000;

    /// <summary>Longest node name, in characters: a DNS label.</summary>
    public const int NameLengthMax = 63;
}
