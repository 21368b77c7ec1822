using ClusterRas.Fabric;

namespace ClusterRas.Protocol;

/// <summary>A word that a control node holds: for its leader's sake as a follower, to be answered as leader.</summary>
internal sealed class PooledReport(Report report, Instant receivedAt)
{
    /// <summary>The word; its window is the shortest heard.</summary>
    public Report Report { get; set; } = report;

    public Instant ReceivedAt { get; } = receivedAt;

    /// <summary>Said for the first time since its last answer.</summary>
    public Instant AskedAt { get; set; } = receivedAt;

    public NodeId Witness => Report.Id.Witness;

    /// <summary>The answer must leave by then, whatever handlers do; never: nobody waits.</summary>
    public Instant AckBy =>
        Report.WindowEnds is { } ends
            ? ends
                - (
                    Report.Words.Waiter switch
                    {
                        Waiter.StockRemote => TimeSpan.FromMilliseconds(1500),
                        Waiter.StockLocal => TimeSpan.FromMilliseconds(1000),
                        _ => TimeSpan.FromMilliseconds(150),
                    }
                )
            : Instant.Never;
}
