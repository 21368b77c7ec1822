using System.Diagnostics;

namespace ClusterRas.Daemon.Tests;

/// <summary>One run of the daemon: a process, and what it says.</summary>
internal sealed class Rasd : IDisposable
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly Task reading;
    private int isReaped;

    private Rasd(Process process, Action<string> line)
    {
        this.process = process;
        Reaper.Born(process);
        process.StandardInput.Close();
        reading = Task.WhenAll(ReadAsync(process.StandardError, line), ReadAsync(process.StandardOutput, line));
    }

    /// <summary>As the build of this project made it, if no other is named.</summary>
    public static string Program
    {
        get
        {
            if (Environment.GetEnvironmentVariable("CLUSTERRAS_RASD") is { Length: > 0 } named)
            {
                return named;
            }

            var here = AppContext.BaseDirectory.TrimEnd('/');
            return Path.GetFullPath(Path.Combine(here, "..", "..", "ClusterRas.Node", Path.GetFileName(here), "rasd"));
        }
    }

    public int Id => process.Id;

    public bool HasEnded => process.HasExited;

    /// <param name="around">A command that ends in an exec of what follows it; empty: none.</param>
    /// <param name="line">Gets each line that it says.</param>
    public static Rasd Start(
        IEnumerable<string> arguments,
        IEnumerable<string> around,
        string temporary,
        Action<string> line
    )
    {
        string[] command = [.. around, Program, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // A process that is killed cannot remove its debugger's socket.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["TMPDIR"] = temporary;

        // These live for seconds: to start quickly counts for more than to run quickly.
        start.Environment["DOTNET_TieredCompilation"] = "1";
        return new Rasd(Process.Start(start)!, line);
    }

    /// <summary>Runs to its end, which comes by itself.</summary>
    public static async Task<(int Status, IReadOnlyList<string> Said)> RunAsync(params IEnumerable<string> arguments)
    {
        var said = new List<string>();
        using var run = Start(
            arguments,
            [],
            Path.GetTempPath(),
            line =>
            {
                lock (said)
                {
                    said.Add(line);
                }
            }
        );
        return (await run.EndAsync(), said);
    }

    public void Signal(int signal) => Posix.Signal(process.Id, signal);

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
        Reap();
    }

    /// <summary>Waits until it has ended by itself, and all that it said has been heard.</summary>
    /// <returns>Its exit status.</returns>
    public async Task<int> EndAsync()
    {
        await process.WaitForExitAsync().WaitAsync(EndsWithin);
        await reading.WaitAsync(EndsWithin);
        Reap();
        return process.ExitCode;
    }

    public void Dispose()
    {
        Kill();
        process.Dispose();
    }

    private void Reap()
    {
        if (Interlocked.Exchange(ref isReaped, 1) == 0)
        {
            Reaper.Gone(process);
        }
    }

    private static async Task ReadAsync(StreamReader from, Action<string> line)
    {
        while (await from.ReadLineAsync() is { } said)
        {
            line(said);
        }
    }
}
