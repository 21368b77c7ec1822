namespace ClusterRas.AckBench;

/// <summary>What one run is told.</summary>
/// <param name="Events">Of the longest load; the others are smaller.</param>
/// <param name="Nodes">Of the cluster; the first five (or three) are the control group.</param>
/// <param name="Data">Folder below which the ledgers are made.</param>
/// <param name="Markdown">File that gets the result; null: none.</param>
/// <param name="Rasd">The program that is measured.</param>
/// <param name="Keeps">Leaves ledgers and logs where they are.</param>
/// <param name="Command">As it was called, for the result.</param>
internal sealed record BenchOptions(
    int Events,
    int Nodes,
    string Data,
    string? Markdown,
    string Rasd,
    bool Keeps,
    string Command
);
