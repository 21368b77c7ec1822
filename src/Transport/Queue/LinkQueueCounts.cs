namespace ClusterRas.Transport;

/// <summary>What a queue has done since it was made.</summary>
/// <param name="Waiting">Frames in it now.</param>
/// <param name="BeatsReplaced">Beats that a later one overtook: the wire is slower than their rhythm.</param>
/// <param name="BulkShed">Bulk given up for events, or for newer bulk.</param>
/// <param name="CopiesShed">Frames given up since a later one says the same.</param>
/// <param name="Refused">Frames that found no room.</param>
public readonly record struct LinkQueueCounts(
    int Waiting,
    long BeatsReplaced,
    long BulkShed,
    long CopiesShed,
    long Refused
);
