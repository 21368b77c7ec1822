using System.Diagnostics;

namespace ClusterRas.Grpc.Tests;

/// <summary>A script in another language: how it is started, and why it may not be.</summary>
public sealed record Peer(string Name, string Program, string Scripts, string Suffix, Func<string?> WhyNot)
{
    public static readonly Peer Python = new("py", "/usr/bin/python3", "python", ".py", () => Missing.Python.Value);

    public static readonly Peer Node = new("js", "node", "node", ".js", () => Missing.Node.Value);

    public static string NodeModules => Path.Combine(Root, "artifacts", "grpc-peers", "node_modules");

    private static string Root { get; } = FindRoot();

    /// <summary>Starts a script; its standard input closes when we end, however we end.</summary>
    public Process Start(string script, params string[] arguments)
    {
        var start = new ProcessStartInfo(Program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(Root, "tests", "grpc", "peers", Scripts, script + Suffix));
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["PYTHONIOENCODING"] = "utf-8";
        start.Environment["NODE_PATH"] = NodeModules;
        return Process.Start(start) ?? throw new InvalidOperationException($"{Program} does not start.");
    }

    private static string FindRoot()
    {
        for (var at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(Path.Combine(at, "ClusterRas.sln")))
            {
                return at;
            }
        }

        throw new InvalidOperationException("The tests run outside of the repository.");
    }

    /// <summary>Null: the peer can run.</summary>
    private static class Missing
    {
        private const string Cure = "run build/install-test-tools Grpc";

        public static readonly Lazy<string?> Python = new(() =>
            Runs("/usr/bin/python3", "-c", "import grpc, h2")
                ? null
                : $"python3-grpcio or python3-h2 is missing: {Cure}"
        );

        public static readonly Lazy<string?> Node = new(() =>
            !Runs("node", "--version") ? "node is missing"
            : !Directory.Exists(Path.Combine(NodeModules, "@grpc", "grpc-js")) ? $"@grpc/grpc-js is missing: {Cure}"
            : null
        );

        private static bool Runs(string program, params string[] arguments)
        {
            try
            {
                using var process = Process.Start(
                    new ProcessStartInfo(program, arguments)
                    {
                        RedirectStandardOutput = true,
                        RedirectStandardError = true,
                    }
                );
                return process is not null && process.WaitForExit(10_000) && process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }
}
