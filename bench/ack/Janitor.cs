using System.Diagnostics;
using System.Globalization;

namespace ClusterRas.AckBench;

/// <summary>Ends what this process has started, also when this process is killed.</summary>
/// <remarks>A shell holds the other end of a pipe: when that ends, whoever is on its list is killed, by number.</remarks>
internal sealed class Janitor : IDisposable
{
    private const string Script = """
        trap '' INT TERM HUP
        list=
        while read -r pid; do list="$list $pid"; done
        [ -z "$list" ] || kill -KILL $list 2>/dev/null
        """;

    private readonly List<Process> charges = [];
    private readonly Process shell;

    public Janitor()
    {
        shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Script]) { RedirectStandardInput = true })!;
        shell.StandardInput.AutoFlush = true;
    }

    /// <summary>Starts a program that ends with us at the latest.</summary>
    public Process Start(ProcessStartInfo start)
    {
        // A killed process cannot remove its debugger's socket, so it has none.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        var process = Process.Start(start) ?? throw new BenchFailedException($"{start.FileName} does not start");
        charges.Add(process);
        shell.StandardInput.WriteLine(process.Id.ToString(CultureInfo.InvariantCulture));
        return process;
    }

    /// <summary>Kills all that is left.</summary>
    public void Dispose()
    {
        foreach (var process in charges)
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }

        // The numbers are free only once they have been waited for, so the shell, which comes first, hits nobody else.
        shell.StandardInput.Dispose();
        shell.WaitForExit();
        shell.Dispose();
        foreach (var process in charges)
        {
            process.WaitForExit();
            process.Dispose();
        }
    }
}
