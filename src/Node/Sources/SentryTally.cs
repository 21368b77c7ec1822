using ClusterRas.Protocol;
using ClusterRas.Sentry;

namespace ClusterRas.Node.Sources;

/// <summary>What a source has done since its start, as of one moment.</summary>
/// <param name="Openings">How often it was opened; also its present epoch.</param>
/// <param name="Read">Records that the codec took.</param>
/// <param name="Raised">Of these, handed to the core.</param>
/// <param name="Off">Of these, not raised since their kind is off.</param>
/// <param name="Refused">Stretches of bytes that are no record.</param>
/// <param name="Releases">What became of answers.</param>
internal sealed record SentryTally(
    int Openings,
    long Read,
    long Raised,
    IReadOnlyDictionary<EventKind, long> Off,
    IReadOnlyDictionary<DeviceRecordRefusal, long> Refused,
    IReadOnlyDictionary<ReleaseOutcome, long> Releases
);
