namespace DotNet.Testcontainers.Containers;

/// <summary>A container; removed with its volumes that have no name when it is disposed.</summary>
public interface IContainer : IAsyncDisposable
{
    /// <summary>As the engine has it.</summary>
    string Name { get; }

    /// <summary>Makes it if it is not there, and starts it.</summary>
    Task StartAsync(CancellationToken ct = default);

    /// <summary>SIGTERM, and SIGKILL if that does not end it.</summary>
    Task StopAsync(CancellationToken ct = default);

    /// <summary>All its processes stand still.</summary>
    Task PauseAsync(CancellationToken ct = default);

    /// <summary>And go on.</summary>
    Task UnpauseAsync(CancellationToken ct = default);

    /// <summary>Runs a command in it and waits for its end.</summary>
    Task<ExecResult> ExecAsync(IList<string> command, CancellationToken ct = default);

    /// <summary>What it has written so far.</summary>
    Task<(string Stdout, string Stderr)> GetLogsAsync(
        DateTime since = default,
        DateTime until = default,
        bool timestampsEnabled = true,
        CancellationToken ct = default
    );
}
