namespace ClusterRas.Master.Tests;

/// <summary>Asks again until the answer is yes; for what is seen from outside and does not call back.</summary>
internal static class Until
{
    public static void True(Func<bool> condition, string what)
    {
        if (!SpinWait.SpinUntil(condition, TimeSpan.FromSeconds(30)))
        {
            throw new TimeoutException($"Waited for: {what}");
        }
    }
}
