using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace ClusterRas.AckBench;

/// <summary>What a number means nothing without: the machine, the disk, the load beside us, the commit.</summary>
internal sealed class Surroundings(string root, string data)
{
    private readonly string loadBefore = Load();

    /// <summary>ext4, tmpfs, overlay, ... of a folder.</summary>
    public static string FileSystemOf(string folder)
    {
        // The longest mount point above it; of equal ones the last, which lies on top.
        var best = ("", "unknown");
        foreach (var line in File.ReadLines("/proc/self/mountinfo"))
        {
            var halves = line.Split(" - ");
            var point = halves[0].Split(' ')[4].Replace("\\040", " ", StringComparison.Ordinal);
            var below = point == "/" ? "/" : point + "/";
            if ((folder + "/").StartsWith(below, StringComparison.Ordinal) && point.Length >= best.Item1.Length)
            {
                best = (point, halves[1].Split(' ')[0]);
            }
        }

        return best.Item2;
    }

    /// <summary>One fact a line; call at the end, as it reads the load again.</summary>
    public IEnumerable<string> Lines(string command)
    {
        var now = DateTimeOffset.UtcNow.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
        yield return $"{command}, at {now}, commit {Commit()}";
        yield return $"machine: {Environment.ProcessorCount} CPUs ({Cpu()}), {RuntimeInformation.OSDescription}, "
            + RuntimeInformation.FrameworkDescription;
        yield return $"ledgers on {FileSystemOf(data)}; load average before {loadBefore}, after {Load()}, our own included";
    }

    private static string Load() => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3));

    private static string Cpu() =>
        File.ReadLines("/proc/cpuinfo")
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            ?.Split(':', 2)[1]
            .Trim()
        ?? RuntimeInformation.ProcessArchitecture.ToString();

    private string Commit()
    {
        var commit = Git("rev-parse", "--short=12", "HEAD");
        return commit.Length == 0 ? "unknown"
            : Git("status", "--porcelain", "--untracked-files=no").Length == 0 ? commit
            : $"{commit} with changes";
    }

    private string Git(params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo("git", ["-C", root, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var git = Process.Start(start)!;
            var said = git.StandardOutput.ReadToEnd().Trim();
            git.WaitForExit();
            return said;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // A tree without git is no reason for no result.
            return "";
        }
    }
}
