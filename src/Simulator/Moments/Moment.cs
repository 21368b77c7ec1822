namespace ClusterRas.Simulator.Moments;

/// <summary>A moment that a fault waits for.</summary>
/// <param name="Name">What must be so.</param>
/// <param name="After">So long after it has become so.</param>
internal sealed record Moment(MomentName Name, TimeSpan After);

/// <summary>Moments that are worth waiting for. Observed from sightings, never hooks in the product.</summary>
internal enum MomentName
{
    /// <summary>Half-way between two heartbeats of the node.</summary>
    BetweenHeartbeats,

    /// <summary>There is a master and nothing goes on.</summary>
    Steady,

    /// <summary>A vote request has left.</summary>
    Electing,

    /// <summary>Between receive and commit.</summary>
    ReceivedNotCommitted,

    /// <summary>Between commit and ack.</summary>
    CommittedNotAcked,

    /// <summary>Between a handler's start and its record.</summary>
    HandlersRun,

    /// <summary>While entries or a snapshot go to a node that lacks them.</summary>
    CatchUp,

    /// <summary>While a node boots or joins.</summary>
    Rejoining,

    /// <summary>The last millisecond of a window.</summary>
    LastMillisecond,

    /// <summary>While a change of the control group is open.</summary>
    GroupChange,
}

internal static class MomentRules
{
    /// <summary>The phase that begins with the moment; none: it is told from single sightings or by time.</summary>
    public static Phase PhaseOf(this MomentName name) =>
        name switch
        {
            MomentName.Steady => Phase.Steady,
            MomentName.Electing => Phase.Electing,
            MomentName.ReceivedNotCommitted => Phase.ReceivedNotCommitted,
            MomentName.CommittedNotAcked => Phase.CommittedNotAcked,
            MomentName.HandlersRun => Phase.HandlersRun,
            MomentName.CatchUp => Phase.CatchUp,
            MomentName.Rejoining => Phase.Rejoining,
            MomentName.GroupChange => Phase.GroupChange,
            _ => Phase.None,
        };
}
