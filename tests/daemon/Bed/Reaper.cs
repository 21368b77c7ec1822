using System.Diagnostics;

namespace ClusterRas.Daemon.Tests;

/// <summary>Kills what is left of the daemons when this process is gone, however it went.</summary>
internal static class Reaper
{
    private const string Script = """
        trap '' INT TERM HUP
        declare -A alive
        while read -r what process; do
            if [ "$what" = born ]; then alive[$process]=1; else unset "alive[$process]"; fi
        done
        [ "${#alive[@]}" = 0 ] || kill -KILL "${!alive[@]}"
        """;

    private static readonly Lock Gate = new();
    private static readonly Process Shell = Process.Start(
        new ProcessStartInfo("bash", ["-c", Script]) { RedirectStandardInput = true }
    )!;

    public static void Born(Process process) => Say($"born {process.Id}");

    public static void Gone(Process process) => Say($"gone {process.Id}");

    private static void Say(string line)
    {
        lock (Gate)
        {
            Shell.StandardInput.WriteLine(line);
            Shell.StandardInput.Flush();
        }
    }
}
