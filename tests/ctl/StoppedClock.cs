namespace ClusterRas.Ctl.Tests;

/// <summary>It is 2026-11-20 12:00:00 UTC.</summary>
internal sealed class StoppedClock : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);
}
