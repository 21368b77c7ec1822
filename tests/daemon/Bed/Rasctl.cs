using System.Diagnostics;

namespace ClusterRas.Daemon.Tests;

/// <summary>One run of the operator's tool.</summary>
internal sealed record Rasctl(int Status, string Out, string Error)
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(60);

    private static string Program
    {
        get
        {
            var here = AppContext.BaseDirectory.TrimEnd('/');
            return Path.GetFullPath(Path.Combine(here, "..", "..", "ClusterRas.Ctl", Path.GetFileName(here), "rasctl"));
        }
    }

    public static async Task<Rasctl> RunAsync(string topologyPath, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Program, [.. arguments, "--topology", topologyPath])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Within);
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw;
        }

        return new Rasctl(process.ExitCode, await output, await error);
    }
}
