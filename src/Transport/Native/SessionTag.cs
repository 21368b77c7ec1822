namespace ClusterRas.Transport;

/// <summary>What tells one session of a link from those before it, in frames that may be late.</summary>
public static class SessionTag
{
    /// <summary>Never zero, and none that was used lately.</summary>
    public static uint New() => (uint)Random.Shared.NextInt64(1, uint.MaxValue);
}
