namespace ClusterRas.PeersBench;

/// <summary>What <c>bench/peers/run</c> and its user say.</summary>
/// <param name="Trials">Of each kill.</param>
/// <param name="Idle">How long the cost of doing nothing is looked at.</param>
/// <param name="Load">How long false alarms are waited for while all processors are busy.</param>
/// <param name="Names">Which contenders.</param>
/// <param name="Settings">defaults, tuned or both.</param>
/// <param name="Seed">Draws victims and moments.</param>
/// <param name="Home">A folder of ours.</param>
/// <param name="Rasd">The daemon's executable.</param>
internal sealed record PeersOptions(
    int Trials,
    TimeSpan Idle,
    TimeSpan Load,
    IReadOnlyList<string> Names,
    string Settings,
    ulong Seed,
    string Home,
    string Rasd
);
