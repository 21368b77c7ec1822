namespace ClusterRas.Console.Tests;

/// <summary>A wall clock that stands where it was set.</summary>
internal sealed class SetClock(long unixMs) : TimeProvider
{
    public long UnixMs { get; set; } = unixMs;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(UnixMs);
}
