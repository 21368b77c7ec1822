namespace DotNet.Testcontainers.Containers;

/// <summary>What a command in a container said and how it ended.</summary>
public readonly record struct ExecResult(string Stdout, string Stderr, long ExitCode);
