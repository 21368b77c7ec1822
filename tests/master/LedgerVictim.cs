namespace ClusterRas.Master.Tests;

internal static class LedgerVictim
{
    public static int Run(string folder) => folder.Length;
}
