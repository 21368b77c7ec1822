using System.Diagnostics;

namespace ClusterRas.Master.Tests;

/// <summary>This program once more, as <see cref="LedgerVictim"/>, in a process that can be killed.</summary>
internal sealed class VictimProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly object gate = new();
    private readonly List<string> lines = [];
    private readonly Task reading;
    private readonly Task<string> errors;
    private bool hasEnded;

    private VictimProcess(Process process)
    {
        this.process = process;
        reading = Task.Run(async () =>
        {
            while (await process.StandardOutput.ReadLineAsync() is { } line)
            {
                lock (gate)
                {
                    lines.Add(line);
                    Monitor.PulseAll(gate);
                }
            }

            lock (gate)
            {
                hasEnded = true;
                Monitor.PulseAll(gate);
            }
        });
        errors = process.StandardError.ReadToEndAsync();
    }

    private static string Program => Path.ChangeExtension(typeof(VictimProcess).Assembly.Location, null);

    public static VictimProcess Start(string folder, params IReadOnlyList<(string Name, string Value)> environment) =>
        Start([Program, "victim", folder], environment);

    /// <summary>With a mount of its own over the folder, which nobody else sees and which goes with the
    /// process.</summary>
    /// <param name="mount">Arguments of mount, before the folder.</param>
    public static VictimProcess StartWithMount(string folder, string mount) =>
        Start(
            ["unshare", "-Urm", "sh", "-c", $"mount {mount} \"$0\" && exec \"$@\"", folder, Program, "victim", folder],
            []
        );

    /// <summary>Null: mounts of our own are possible here; else why not.</summary>
    public static string? NoMounts()
    {
        try
        {
            using var trial = Process.Start(
                new ProcessStartInfo("unshare", ["-Urm", "mount", "-t", "tmpfs", "none", "/mnt"])
                {
                    RedirectStandardError = true,
                }
            )!;
            var said = trial.StandardError.ReadToEnd();
            trial.WaitForExit();
            return trial.ExitCode == 0 ? null : $"no mounts in a user namespace here: {said.Trim()}";
        }
        catch (System.ComponentModel.Win32Exception absent)
        {
            return $"unshare: {absent.Message}";
        }
    }

    public void Say(string line)
    {
        process.StandardInput.WriteLine(line);
        process.StandardInput.Flush();
    }

    /// <summary>Takes the first line that begins like this, and gives the rest of it. Other lines stay for
    /// later.</summary>
    public string WaitFor(string beginning)
    {
        lock (gate)
        {
            var until = DateTime.UtcNow + Patience;
            while (true)
            {
                var place = lines.FindIndex(line => line.StartsWith(beginning, StringComparison.Ordinal));
                if (place >= 0)
                {
                    var line = lines[place];
                    lines.RemoveAt(place);
                    return line[beginning.Length..].Trim();
                }

                if (hasEnded || DateTime.UtcNow > until)
                {
                    var said = string.Join(" | ", lines.TakeLast(20));
                    throw new TimeoutException(
                        $"Waited for '{beginning}'. Said: {said}. {(hasEnded ? errors.Result : "")}"
                    );
                }

                Monitor.Wait(gate, TimeSpan.FromSeconds(1));
            }
        }
    }

    /// <summary>Kills it (SIGKILL) and gives what it had said and nobody has taken.</summary>
    public IReadOnlyList<string> Kill()
    {
        process.Kill();
        return Rest();
    }

    /// <summary>Ends it in good order and gives what it had said and nobody has taken.</summary>
    public IReadOnlyList<string> End()
    {
        process.StandardInput.Close();
        return Rest();
    }

    public void Dispose()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        process.WaitForExit();
        process.Dispose();
    }

    private static VictimProcess Start(
        IReadOnlyList<string> command,
        IReadOnlyList<(string Name, string Value)> environment
    )
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return new VictimProcess(Process.Start(start)!);
    }

    private List<string> Rest()
    {
        process.WaitForExit();
        reading.Wait();
        return lines;
    }
}
