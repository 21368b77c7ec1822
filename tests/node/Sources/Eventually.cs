namespace ClusterRas.Node.Sources.Tests;

/// <summary>Waits, never for a fixed time.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static void True(Func<bool> condition, string what) =>
        SpinWait.SpinUntil(condition, Patience).ShouldBeTrue(what);
}
