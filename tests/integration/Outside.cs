using System.Diagnostics;

namespace ClusterRas.Integration;

/// <summary>What an operator does to containers from outside, with the engine's own command.</summary>
internal static class Outside
{
    private static readonly TimeSpan EndWithin = TimeSpan.FromSeconds(60);

    /// <summary>A node's cable into a network is gone; its processes go on.</summary>
    public static Task DisconnectAsync(string network, string container) =>
        RunAsync("docker", "network", "disconnect", network, container);

    /// <summary>And is there again, with the address that it had.</summary>
    public static Task ConnectAsync(string network, string container, string address) =>
        RunAsync("docker", "network", "connect", "--ip6", address, network, container);

    /// <summary>SIGKILL.</summary>
    public static Task KillAsync(string container) => RunAsync("docker", "kill", container);

    /// <summary>Runs it to its end, and throws what it said if it failed.</summary>
    /// <returns>Its standard output.</returns>
    public static async Task<string> RunAsync(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"cannot start {file}");
        process.StandardInput.Close();
        using var limit = new CancellationTokenSource(EndWithin);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await Task.WhenAll(output, error, process.WaitForExitAsync(limit.Token));
            return process.ExitCode == 0
                ? await output
                : throw new InvalidOperationException(
                    $"{file} {string.Join(' ', arguments)}: exit code {process.ExitCode}: {(await error).Trim()}"
                );
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill();
            }
        }
    }
}
