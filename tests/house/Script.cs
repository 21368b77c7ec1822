using System.Diagnostics;
using System.Runtime.Versioning;

namespace ClusterRas.House.Tests;

/// <summary>A copy of <c>./x</c> in a folder of its own (with a blank in its path), in a world with few programs.</summary>
[SupportedOSPlatform("linux")]
internal sealed class Script : IDisposable
{
    private static readonly string[] Tools =
    [
        "awk",
        "bash",
        "cat",
        "cut",
        "dirname",
        "env",
        "flock",
        "getent",
        "git",
        "grep",
        "head",
        "id",
        "ldconfig",
        "mkdir",
        "mktemp",
        "readlink",
        "rm",
        "sed",
        "sh",
        "sleep",
        "tail",
        "tee",
        "timeout",
        "tr",
    ];

    private static readonly string[] Places = ["/usr/bin", "/bin", "/usr/sbin", "/sbin"];

    private readonly string folder = Directory.CreateTempSubdirectory("x and y ").FullName;
    private readonly Dictionary<string, string> environment;

    public Script()
    {
        environment = new()
        {
            ["PATH"] = In("bin"),
            ["HOME"] = In("home"),
            ["X_DOTNET_FOLDERS"] = "",
        };
        Directory.CreateDirectory(In("home"));
        Directory.CreateDirectory(In("bin"));
        foreach (var tool in Tools)
        {
            var real = Places.Select(place => Path.Combine(place, tool)).FirstOrDefault(File.Exists);
            if (real is not null)
            {
                File.CreateSymbolicLink(In("bin", tool), real);
            }
        }

        Directory.CreateDirectory(In("tree", ".ci"));
        File.Copy(Path.Combine(House.Root, "x"), In("tree", "x"));
        File.Copy(Path.Combine(House.Root, ".ci/run"), In("tree", ".ci", "run"));
        File.Copy(Path.Combine(House.Root, ".ci/report.awk"), In("tree", ".ci", "report.awk"));
        Write(In("tree", ".ci", "skips"), "# none");
    }

    public void Set(string name, string value) => environment[name] = value;

    /// <summary>A dotnet that builds everything at once and says this version.</summary>
    public void AddDotnet(string version) =>
        AddProgram(In("bin", "dotnet"), $"[ \"$1\" != --version ] || echo {version}");

    /// <summary>A test project whose program does this; <c>$report</c> is where its report belongs.</summary>
    public void AddTests(string name, string body)
    {
        File.AppendAllText(
            In("tree", "ClusterRas.sln"),
            $"Project(\"{{F}}\") = \"{name}\", \"tests\\{name}\\{name}.csproj\", \"{{0}}\"\n"
        );
        Directory.CreateDirectory(In("tree", "artifacts", "bin", name, "release"));
        AddProgram(
            In("tree", "artifacts", "bin", name, "release", name),
            $"while [ $# -gt 0 ]; do [ \"$1\" = --results-directory ] && report=$2/{name}.xml; shift; done\n{body}"
        );
    }

    public void AllowSkip(string pattern, string reason) =>
        File.AppendAllText(In("tree", ".ci", "skips"), $"{pattern}\t{reason}\n");

    public (int ExitCode, string Output, string Errors) Run(params string[] words) => RunFile("x", words);

    public (int ExitCode, string Output, string Errors) RunCi() => RunFile(".ci/run");

    private (int ExitCode, string Output, string Errors) RunFile(string file, params string[] words)
    {
        var start = new ProcessStartInfo(In("bin", "bash"), [In("tree", file), .. words])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private string In(params string[] parts) => Path.Combine([folder, .. parts]);

    private static void Write(string file, string text) => File.WriteAllText(file, text + "\n");

    private static void AddProgram(string file, string body)
    {
        Write(file, $"#!/usr/bin/env bash\n{body}");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
