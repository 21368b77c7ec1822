namespace ClusterRas.Ctl;

/// <summary>What scripts may rely on.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>The cluster says no, has no such thing, or nobody answers; a map has problems, or differs.</summary>
    public const int Refused = 1;

    /// <summary>The command line is wrong, or the topology file that it needs; nobody was asked.</summary>
    public const int Usage = 2;

    /// <summary>Of a check; null: nothing was found.</summary>
    public static int Of(Fabric.TopologySeverity? worst) =>
        worst switch
        {
            null or Fabric.TopologySeverity.Note => Done,
            Fabric.TopologySeverity.Unusable => Usage,
            _ => Refused,
        };

    /// <summary>Ctrl-C, as shells have it: 128 and the signal's number.</summary>
    public const int Interrupted = 130;
}
