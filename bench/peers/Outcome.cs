namespace ClusterRas.PeersBench;

/// <summary>All that was measured of one contender.</summary>
internal sealed class Outcome(Contender contender)
{
    public Contender Contender { get; } = contender;

    /// <summary>From a kill until all survivors knew; null: not within the limit.</summary>
    public Dictionary<Kill, List<Detection?>> Detections { get; } = [];

    /// <summary>From a kill of the leader to the first accepted write.</summary>
    public Dictionary<Kill, List<TimeSpan?>> Failovers { get; } = [];

    /// <summary>Null: not measured.</summary>
    public IdleCost? Idle { get; set; }

    /// <summary>Declarations while nothing was killed and the processors were full; null: not measured.</summary>
    public int? FalseAlarms { get; set; }

    /// <summary>The machine's load average before and after.</summary>
    public string LoadAverage { get; set; } = "";

    /// <summary>Why it broke off; empty: it did not.</summary>
    public string Failure { get; set; } = "";
}
