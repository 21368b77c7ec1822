using System.Diagnostics;

namespace ClusterRas.Daemon.Tests;

/// <summary>A disk of a node's own, in memory: gone with its process, and seen through it only.</summary>
internal static class SmallDisk
{
    private static readonly Lazy<string?> Trial = new(Try);

    /// <summary>Null: such disks can be had here.</summary>
    public static string? WhyNot => Trial.Value;

    /// <summary>What goes around a daemon so that its data folder is one.</summary>
    /// <param name="options">Of the mount.</param>
    public static IReadOnlyList<string> Around(RealNode node, string options)
    {
        Directory.CreateDirectory(node.Data);
        var script = $"mount -t tmpfs -o {options} none \"$0\" && exec \"$@\"";
        return ["unshare", "-Urm", "sh", "-c", script, node.Data];
    }

    public static void Fill(RealNode node)
    {
        using var file = new FileStream(Filling(node), FileMode.Create, FileAccess.Write, FileShare.None, 0);
        var page = new byte[4096];
        try
        {
            while (true)
            {
                file.Write(page);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public static void Free(RealNode node) => File.Delete(Filling(node));

    private static string Filling(RealNode node) => $"/proc/{node.ProcessId}/root{node.Data}/filling";

    private static string? Try()
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
}
