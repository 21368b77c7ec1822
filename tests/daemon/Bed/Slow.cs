namespace ClusterRas.Daemon.Tests;

/// <summary>Runs that take minutes, and are asked for.</summary>
internal static class Slow
{
    public const string Why = "takes minutes: set CLUSTERRAS_SLOW=1";

    public static bool IsWanted => Environment.GetEnvironmentVariable("CLUSTERRAS_SLOW") == "1";
}
