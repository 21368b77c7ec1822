namespace ClusterRas.Ctl;

/// <summary>Ends the command: a message for the operator, who was asked, what was found, what to do.</summary>
internal sealed class RefusedException(int exitCode, string message) : Exception(message)
{
    /// <summary>Of <see cref="Ctl.ExitCode"/>.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>The command line or the map is wrong.</summary>
    public static RefusedException Usage(string message) => new(Ctl.ExitCode.Usage, message);

    /// <summary>The cluster says no, or nothing.</summary>
    public static RefusedException No(string message) => new(Ctl.ExitCode.Refused, message);
}
