using System.Diagnostics;

namespace ClusterRas.Mutants;

/// <summary>Runs one program beside a changed assembly and says whether it noticed.</summary>
/// <param name="Name">As it is told.</param>
/// <param name="Folder">Its own copy of the program's folder, in which the assembly is replaced.</param>
/// <param name="Program">File name of the program there.</param>
/// <param name="Patience">A change that makes it run for longer is noticed too: it hangs.</param>
internal sealed record Judge(
    string Name,
    string Folder,
    string Program,
    IReadOnlyList<string> Arguments,
    TimeSpan Patience
)
{
    /// <returns>What was noticed; null: nothing.</returns>
    public string? Try(string assembly)
    {
        File.Copy(assembly, Path.Combine(Folder, Path.GetFileName(assembly)), overwrite: true);
        var start = new ProcessStartInfo(Path.Combine(Folder, Program), Arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{Program} did not start");
        var story = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit();
            return "it hangs";
        }

        Task.WaitAll(story, errors);
        return process.ExitCode == 0
            ? null
            : First(story.Result) ?? First(errors.Result) ?? $"exit code {process.ExitCode}";
    }

    private static string? First(string text) =>
        text.Split('\n')
            .Select(line => line.Trim())
            .FirstOrDefault(line =>
                line.StartsWith("failed ", StringComparison.Ordinal)
                || line.StartsWith("seed ", StringComparison.Ordinal)
            )
            is { } line
            ? line.Length > 160
                ? line[..160]
                : line
            : null;
}
