using ClusterRas.Fabric;

namespace ClusterRas.Ctl.Tests;

/// <summary>One command from its start to its end.</summary>
internal sealed record Run(int ExitCode, string Out, string Error)
{
    /// <summary>No command of a test takes longer.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    public static async Task<Run> OfAsync(params string[] args)
    {
        using var over = new CancellationTokenSource(Within);
        var output = new StringWriter();
        var error = new StringWriter();
        var exitCode = await Rasctl.RunAsync(args, Around(output, error), over.Token);
        return new Run(exitCode, output.ToString(), error.ToString());
    }

    public static Surroundings Around(TextWriter output, TextWriter error) =>
        new(output, error, HasColour: false, 0, "somewhere", TopologyVariable: null, new StoppedClock());

    /// <summary>Ports are the kernel's choice: the texts are compared with names in their place.</summary>
    public Run Naming(HostPort address, string name) =>
        this with
        {
            Out = Out.Replace(address.ToString(), name, StringComparison.Ordinal),
            Error = Error.Replace(address.ToString(), name, StringComparison.Ordinal),
        };
}
