namespace ClusterRas.Simulator.Scenarios;

/// <summary>The first line of a scenario: all of a plan that is neither a start, nor a handler, nor a fault.</summary>
internal sealed record ScenarioHead(
    ulong Seed,
    int NodeCount,
    int VoterCount,
    int DieCount,
    bool Uvb,
    NodeSet Untagged,
    TimeSpan DelayMin,
    TimeSpan DelayMax,
    TimeSpan FsyncMax,
    int? LogEntriesMax,
    TimeSpan FaultsEnd,
    TimeSpan End
)
{
    /// <summary>Not said: the default.</summary>
    public string? Profile { get; init; }
}
