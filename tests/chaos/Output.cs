using System.Diagnostics;

namespace ClusterRas.Chaos;

/// <summary>What a tool prints.</summary>
internal static class Output
{
    /// <summary>Of one run.</summary>
    public static async Task<string> OfAsync(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true };
        using var process = Process.Start(start) ?? throw new BedFailedException($"cannot start {file}");
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0
            ? text
            : throw new BedFailedException($"{file} {string.Join(' ', arguments)}: exit code {process.ExitCode}");
    }
}
