namespace ClusterRas.Transport.Tests;

/// <summary>Waits for what nobody announces.</summary>
internal static class Until
{
    /// <summary>Looks again and again; fails after half a minute.</summary>
    public static async Task SoAsync(Func<bool> isSo)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        using var turn = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!isSo())
        {
            await turn.WaitForNextTickAsync(patience.Token);
        }
    }
}
